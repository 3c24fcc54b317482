#!/usr/bin/env node
// Runs the program of the package for this system, which npm has installed beside this one.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const name = `@lenslint/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "lenslint.exe" : "lenslint";

let program;
try {
  program = require.resolve(`${name}/${file}`);
} catch {
  console.error(`lenslint: there is no ${name}: was it left out by --omit=optional, or is there no build for this system?`);
  process.exit(2);
}

const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (error) {
  console.error(`lenslint: cannot run ${program}: ${error.message}`);
}
// As a shell has it: 128 and the number of the signal.
process.exit(status ?? (signal ? 128 + constants.signals[signal] : 2));
