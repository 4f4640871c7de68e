import { describe, expect, it } from 'vitest';
import { originGuard } from '../../../src/server/origins.js';

const isAllowed = originGuard(['https://grid.example']);

describe('an origin', () => {
  it.each([
    [undefined, 'localhost:4000'],
    ['http://localhost:4000', 'localhost:4000'],
    ['https://pylon.example', 'pylon.example'],
    ['http://[::1]:4000', '[::1]:4000'],
    ['https://grid.example', 'localhost:4000'],
  ])('may talk to us: %s to %s', (origin, host) => {
    expect(isAllowed(origin, host)).toBe(true);
  });

  it.each([
    ['null', 'localhost:4000'],
    ['', 'localhost:4000'],
    ['http://localhost:4001', 'localhost:4000'],
    ['http://localhost', 'localhost:4000'],
    ['http://evil.example', 'localhost:4000'],
    ['http://localhost:4000.evil.example', 'localhost:4000'],
    ['http://grid.example', 'localhost:4000'],
    ['https://grid.example/', 'localhost:4000'],
    ['http://localhost:4000', undefined],
    ['file:///etc/passwd', 'localhost:4000'],
  ])('may not: %s to %s', (origin, host) => {
    expect(isAllowed(origin, host)).toBe(false);
  });
});
