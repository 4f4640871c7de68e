import { z } from 'zod';
import { text } from '../rules.js';

export const capabilities = z
  .array(text(100))
  .max(50, 'must be at most 50')
  .refine((words) => new Set(words).size === words.length, 'must not repeat one');
