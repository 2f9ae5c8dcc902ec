import { HostwrightError } from '../../core/error.ts';
import type { SourcePosition } from '../../core/position.ts';

/** The words for what can be wrong in a configuration file of ssh. */

export function badConfigLine(position: SourcePosition, why: string, hint?: string): HostwrightError {
  return new HostwrightError('ssh-config', `This line of the configuration of ssh ${why}.`, {
    position,
    hint:
      hint ?? 'Correct it (see ssh_config(5)), or name another file with --ssh-config; "none" reads none.',
  });
}

export function unknownConfigOption(position: SourcePosition, keyword: string): HostwrightError {
  return badConfigLine(
    position,
    `sets ${keyword}, which is not known here`,
    `Correct it; or put "IgnoreUnknown ${keyword}" before it; or use connection openssh, which leaves it to the ssh of this machine.`,
  );
}

export function unhonouredConfigOption(
  position: SourcePosition,
  keyword: string,
  value: string,
  why: string,
): HostwrightError {
  return badConfigLine(
    position,
    `sets ${keyword} to ${JSON.stringify(value)}, which ${why}`,
    'Correct it, or use connection openssh for this host, which leaves it to the ssh of this machine.',
  );
}

export function configUnreadable(file: string, cause: Error): HostwrightError {
  return new HostwrightError('ssh-config', `${file} cannot be read: ${cause.message}.`, {
    hint: 'Make it readable, or name another file with --ssh-config; "none" reads none.',
    cause,
  });
}

export function configUnsafe(file: string): HostwrightError {
  return new HostwrightError(
    'ssh-config',
    `${file} can be written by others, who could send every connection elsewhere.`,
    { hint: `Make it yours alone: chmod 600 ${file}` },
  );
}

export function includesTooDeep(position: SourcePosition): HostwrightError {
  return badConfigLine(position, 'includes files that include files, more than 16 deep');
}
