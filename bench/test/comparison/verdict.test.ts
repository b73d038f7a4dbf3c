import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { verdictOn } from "../../src/comparison/verdict.ts";
import type { Summary } from "../../src/report/statistics.ts";

const summary = (min: number, median: number, max: number): Summary => ({ min, median, max });

const BASE = summary(99, 100, 101);

describe("The verdict on a row where higher is better", () => {
  test("is slower when the median is more than 5 % lower and the ranges are apart", () => {
    assert.equal(verdictOn("higher", summary(94, 94.9, 95), BASE), "slower");
  });

  test("is the same when the median is exactly 5 % lower", () => {
    assert.equal(verdictOn("higher", summary(94, 95, 96), BASE), "same");
  });

  test("is the same when the ranges overlap, however low the median", () => {
    assert.equal(verdictOn("higher", summary(10, 50, 99.5), BASE), "same");
  });

  test("is the same when the ranges touch", () => {
    assert.equal(verdictOn("higher", summary(10, 50, 99), BASE), "same");
  });

  test("is faster when the other commit is more than 5 % lower and the ranges are apart", () => {
    assert.equal(verdictOn("higher", BASE, summary(94, 94.9, 95)), "faster");
    assert.equal(verdictOn("higher", BASE, summary(94, 95, 96)), "same");
    assert.equal(verdictOn("higher", BASE, summary(10, 50, 99)), "same");
  });
});

describe("The verdict on a row where lower is better", () => {
  test("is slower when the median is more than 5 % higher and the ranges are apart", () => {
    assert.equal(verdictOn("lower", summary(105, 105.1, 106), BASE), "slower");
  });

  test("is the same when the median is exactly 5 % higher", () => {
    assert.equal(verdictOn("lower", summary(104, 105, 106), BASE), "same");
  });

  test("is the same when the ranges overlap or touch, however high the median", () => {
    assert.equal(verdictOn("lower", summary(100.5, 200, 300), BASE), "same");
    assert.equal(verdictOn("lower", summary(101, 200, 300), BASE), "same");
  });

  test("is faster when the other commit is more than 5 % higher and the ranges are apart", () => {
    assert.equal(verdictOn("lower", BASE, summary(105, 105.1, 106)), "faster");
    assert.equal(verdictOn("lower", BASE, summary(104, 105, 106)), "same");
  });
});
