export * from './playbook/typescript/public.ts';
