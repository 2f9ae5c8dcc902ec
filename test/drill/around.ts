import { run } from '../lab/process.ts';

/** Runs shell on the machine around the hosts: what else is in their network. Throws where it fails. */
export async function around(script: string): Promise<void> {
  const { rc, stdout, stderr } = await run(['bash', '-c', script]);
  if (rc !== 0) throw new Error(`around the hosts, "${script.trim()}" ended with ${rc}: ${stderr || stdout}`);
}
