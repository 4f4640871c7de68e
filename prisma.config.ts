import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // `prisma generate` needs a URL of the right form and never connects; `prisma migrate` elsewhere takes the owner's.
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost:5432/pylon' },
});
