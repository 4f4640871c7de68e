import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { printEnvExample } from '../../src/config.js';

it('.env.example is what the settings print', () => {
  expect(readFileSync('.env.example', 'utf8')).toBe(printEnvExample());
});
