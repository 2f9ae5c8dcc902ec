import { describe, expect, test } from 'vitest';
import { CONFIRM } from '../../src/engine/guard/scripts/confirm.ts';
import { ROLLBACK } from '../../src/engine/guard/scripts/rollback.ts';
import { DIR, type Edit, onMachine, SHELLS, TOKEN } from './guard/practice-net.ts';

const COMPARE = 'state >/run/after; diff /run/before /run/after';

describe.concurrent.each(SHELLS)('the scripts of a transaction under %s', (shell) => {
  test('keep a confirmed change, and leave nothing but a record', async () => {
    const said = await onMachine(
      shell,
      `start; sh ${DIR}/confirm.sh ${DIR} wrong me; echo $?; sh ${DIR}/confirm.sh ${DIR} ${TOKEN} me; echo $?
       over; ended; cat /srv/net/interfaces; ip -o -4 addr show br0 | grep -c 10.0.0.2; ls ${DIR}/..
       sh ${DIR}/confirm.sh ${DIR} ${TOKEN} me; echo again $?; sleep 1.5; pgrep -f watchdog.sh`,
    );
    expect(said.split('\n')).toEqual([
      '5',
      '0',
      'confirmed',
      'new',
      '1',
      '20260101-000000-test',
      'last',
      'again 0',
    ]);
  });

  test.each([
    ['somebody asks', `start; echo please >${DIR}/rollback-now`, 'please', 30],
    [
      "the host's own tools fail",
      `: >${DIR}/own-tools-fail; echo : >${DIR}/teardown.sh; start; echo please >${DIR}/rollback-now`,
      'please',
      30,
    ],
    ['the time is up', 'start', 'nobody confirmed it in time', 4],
    [
      'the change fails',
      `sed -i '$a echo no such card; exit 7' ${DIR}/apply.sh; start`,
      'the change ended with status 7: no such card',
      30,
    ],
    [
      'the host was restarted',
      `start; sed -i 's/^boot_id=.*/boot_id=x/' ${DIR}/meta; kill -9 $(cat ${DIR}/watchdog.pid); supervise`,
      'the host was started anew',
      30,
    ],
  ])('put everything back when %s', async (_, cause, reason, seconds) => {
    const said = await onMachine(shell, `${cause}; over; ended; cat ${DIR}/reason; ${COMPARE}`, { seconds });
    expect(said).toBe(`rolled-back\n${reason}`);
  });

  test('do not touch the network where nothing was begun', async () => {
    const said = await onMachine(
      shell,
      `over; ended; ls ${DIR}/untouched ${DIR}/torn-down 2>/dev/null; ${COMPARE}`,
      { seconds: 3 },
    );
    expect(said).toBe(`rolled-back\n${DIR}/untouched`);
  });
});

/** Kills the script with SIGKILL before one of its lines, once. */
function dyingBefore(line: number, script: string): Edit {
  const lines = script.split('\n');
  lines.splice(line, 0, `[ -e died ] || { : >died; kill -9 $$; }`);
  return (_, text) => (text === script ? lines.join('\n') : text);
}

/** Where the raw replay begins, which only comes where the host's own tools fail. */
const RAW_REPLAY = ROLLBACK.split('\n').findIndex((line) => line.includes('not as before yet'));

/** Places between two commands of a script that a rollback comes by; not inside of what goes over several lines. */
function placesIn(script: string): readonly number[] {
  return script
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(note|limited|restore_files|drop_new_links|put_ports_back|settings_back|link_local_back|announce|try=1|touched=|group=|now; put|finish|if \[ -e incomplete|mv|flush|leave_no_trace|journal|: >(?!untouched))/.test(
        line,
      )
        ? [index]
        : [],
    );
}

describe.concurrent('a script killed with -9', () => {
  test.each(placesIn(ROLLBACK))('in the rollback, before line %i, is finished by the next', async (line) => {
    const shell = SHELLS[line % SHELLS.length] ?? 'dash';
    const edit = dyingBefore(line, ROLLBACK);
    const said = await onMachine(
      shell,
      `${line >= RAW_REPLAY ? `: >${DIR}/own-tools-fail; echo : >${DIR}/teardown.sh; ` : ''}start; kill -9 $(cat ${DIR}/watchdog.pid); supervise & echo now >${DIR}/rollback-now; over; ended; ls ${DIR}/died; ${COMPARE}`,
      { edit },
    );
    expect(said).toBe(`rolled-back\n${DIR}/died`);
  });

  test.each(placesIn(CONFIRM))(
    'in the confirmation, before line %i, leaves the old or the new',
    async (line) => {
      const shell = SHELLS[line % SHELLS.length] ?? 'dash';
      const edit = dyingBefore(line, CONFIRM);
      const said = await onMachine(
        shell,
        `start; sh ${DIR}/confirm.sh ${DIR} ${TOKEN} me; sh ${DIR}/confirm.sh ${DIR} ${TOKEN} me; echo $?; over; ended; cat /srv/net/interfaces`,
        { edit, seconds: 8 },
      );
      // Asked again it says what it was: confirmed.
      expect(said).toBe('0\nconfirmed\nnew');
    },
  );

  test('races: of a confirmation and a rollback one wins', async () => {
    const said = await onMachine(
      'dash',
      `start; kill -9 $(cat ${DIR}/watchdog.pid)
       for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
         sh ${DIR}/confirm.sh ${DIR} ${TOKEN} me & mv ${DIR}/armed ${DIR}/rolling 2>/dev/null & wait
         ls ${DIR} | grep -c -x -e confirmed -e rolling
         rm -f ${DIR}/confirmed ${DIR}/rolling; : >${DIR}/armed
       done | sort | uniq -c; rm ${DIR}/armed`,
    );
    expect(said.trim()).toBe('20 1');
  });
});
