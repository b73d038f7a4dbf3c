/** True when two types are identical, `any` and `readonly` included. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
