import { SETTINGS, type Setting, type Settings } from "../settings.ts";
import type { Command } from "./command.ts";

type Value = Settings[keyof Settings]["fallback"];

/** Returns the help: every command, and every setting. */
export function helpText(commands: Readonly<Record<string, Command>>): string {
  const commandLines = Object.entries(commands).map(([name, { usage = "", summary }]) => [
    `lobby ${name} ${usage}`.trimEnd(),
    summary,
  ]);
  const settingLines = Object.entries<Setting<Value>>(SETTINGS).map(([flag, { variable, fallback, help }]) => [
    `--${flag} <${help.value}>`,
    variable,
    [String(fallback ?? ""), help.note ?? ""].filter((part) => part !== "").join("; "),
  ]);
  return `Lobby: open a room by its URL and talk.

${alignColumns(commandLines)}

In a checkout, write \`npm run lobby --\` for \`lobby\`, and \`npm start --\` for \`lobby serve\`.

The flags of serve and migrate, with the environment variable and the default of each:

${alignColumns(settingLines)}`;
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => `  ${line}`.trimEnd()).join("\n");
}
