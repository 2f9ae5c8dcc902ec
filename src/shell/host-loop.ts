import { quote } from './sh.ts';

/**
 * The programs that run on the host: plain POSIX `sh`, without temporary files, with as few processes as the work allows.
 * They are sent once per session, inside its bootstrap line.
 */

/** Where a frame's header ends and how big its blocks are read; any size is right, this one is a pipe's capacity. */
const BLOCK = 65536;

/**
 * Ends a process and all its descendants except itself. Arguments: the process, the signals, one after the other with time to clean up between.
 * A process whose input was cut off is ended this way, so that it cannot take half a file for the whole of it: this shell holds the
 * write end of the input open until nobody is left to read the end of file.
 */
const END_TREE = `
hw_t=" $1 "; shift; hw_s=$*; hw_more=1
while [ $hw_more ]; do
  hw_more=
  for hw_d in /proc/[0-9]*; do
    hw_p=\${hw_d#/proc/}
    case $hw_t in *" $hw_p "*) continue;; esac
    IFS= read -r hw_l <$hw_d/stat || continue
    set -- \${hw_l##*) }
    case $hw_t in *" $2 "*) hw_t="$hw_t$hw_p "; hw_more=1;; esac
  done
done 2>/dev/null
for hw_k in $hw_s; do
  [ $hw_k = \${hw_s%% *} ] || sleep 0.5 || sleep 1
  for hw_p in $hw_t; do [ $hw_p = $$ ] || kill -$hw_k $hw_p; done
done 2>/dev/null
`.trim();

/**
 * Ends a job when its time is up. Arguments: the job's process, whole seconds, a fraction such as 0.25, and \`g\` where the job leads a
 * process group. Start times tell the job from a later process with its number.
 */
const WATCHDOG = `
hw_p=$1; hw_w=$2; hw_f=$3; hw_g=$4
born() { IFS= read -r hw_l </proc/$hw_p/stat || return; set -- \${hw_l##*) }; shift 19; hw_b=$1; } 2>/dev/null
hw_b=; born; hw_a=$hw_b
here() { kill -0 $hw_p 2>/dev/null && { hw_b=; born; [ "$hw_b" = "$hw_a" ]; }; }
end() { if [ $hw_g ]; then kill -$1 -$hw_p; else sh -c ${quote(END_TREE)} sh $hw_p $1; fi 2>/dev/null; }
[ $hw_f = 0 ] || sleep $hw_f 2>/dev/null || sleep 1
while [ $hw_w -gt 0 ]; do here || exit; sleep 1; hw_w=$((hw_w - 1)); done
here || exit
end TERM
hw_w=20
while [ $hw_w -gt 0 ] && { kill -0 $hw_p || { [ $hw_g ] && kill -0 -$hw_p; }; } 2>/dev/null; do
  sleep 0.1 2>/dev/null || { sleep 1; hw_w=$((hw_w - 9)); }
  hw_w=$((hw_w - 1))
done
if kill -0 $hw_p 2>/dev/null; then here || exit; fi
end KILL
`.trim();

/**
 * What a job's own shell runs first. Standard error comes on descriptor 5: the loop's own is nowhere, so that its remarks (`Killed`) do
 * not turn up among the job's. Its text comes in the environment, which other users cannot read as they can an
 * argument list.
 */
const RUN_FROM_ENVIRONMENT = 'exec 2>&5 5>&-;eval "unset HOSTWRIGHT_JOB\n$HOSTWRIGHT_JOB"';

/** The same for a text that is too long for the environment: it comes on descriptor 0, and the job's input on 3. */
const RUN_FROM_PIPE = 'exec 2>&5 5>&- 4<&0 0<&3 3<&-;eval "exec 4<&-\n$(cat <&4)"';

/**
 * The loop. Arguments: the two halves of the hello's nonce. It reads the secret nonce and then frames:
 *
 *     <bytes of the batch>\n
 *     <batch: shell text that calls \`j\` once per job, and ends with # and the nonce>
 *     <input of the first job that has one><nonce>\n…
 *
 * \`j id conditional input-bytes timeout-in-1/100-s kind script\` runs one job and prints \`nonce id status flags\` on standard output and
 * \`nonce id\` on standard error. Kinds: \`e\` and \`p\`, a shell of its own that gets the script in its environment or through a pipe; \`f\`,
 * a fork of the loop's shell. Flags: T, its time was up; B, processes it left behind still hold the output, so that the loop ends here.
 */
const LOOP = `
unset hw_n hw_g hw_f hw_o hw_t hw_b hw_r hw_x hw_p hw_l hw_a hw_u hw_i hw_e hw_q hw_z hw_d
if command -v setsid >/dev/null 2>&1; then hw_g=setsid; else hw_g=; fi
printf '%s-%s\\n' "$1" "$2"; printf '%s-%s\\n' "$1" "$2" >&2
if dd bs=1 count=0 iflag=fullblock </dev/null >/dev/null 2>&1; then hw_f=1; else hw_f=; fi
IFS= read -r hw_n || exit
hw_o=t
hw_take() {
  if [ $hw_f ]; then
    if [ $1 -ge ${BLOCK} ]; then dd bs=${BLOCK} count=$(($1 / ${BLOCK})) iflag=fullblock; fi
    if [ $(($1 % ${BLOCK})) != 0 ]; then dd bs=$(($1 % ${BLOCK})) count=1 iflag=fullblock; fi
  else
    dd ibs=1 obs=${BLOCK} count=$1
  fi 2>/dev/null
}
hw_feed() {
  hw_take $1; IFS= read -r hw_e
  [ "$hw_e" = "$hw_n" ] || exec sh -c ${quote(END_TREE)} sh $$ TERM KILL
}
hw_run() {
  if [ $1 = p ]; then
    { printf %s "$2" | $hw_g sh -c ${quote(RUN_FROM_PIPE)}; } 3<&0
  elif [ $1 = f ]; then
    (exec 2>&5 5>&-; unset hw_n; hw_x=$2; set --; eval "$hw_x")
  else
    HOSTWRIGHT_JOB=$2 $hw_g sh -c ${quote(RUN_FROM_ENVIRONMENT)}
  fi
}
hw_newest() { hw_l=0; read -r hw_x hw_x hw_x hw_x hw_l </proc/loadavg; }
hw_uptime() { hw_u=; read -r hw_u hw_x </proc/uptime; hw_u=\${hw_u%.*}\${hw_u#*.}; }
hw_holds() {
  if [ $1 = $$ ] || [ $1 = $PPID ]; then return 1; fi
  for hw_d in /proc/$1/fd/1 /proc/$1/fd/2; do
    if [ $hw_d -ef /proc/$$/fd/1 ] || [ $hw_d -ef /proc/$$/fd/5 ]; then return 0; fi
  done
  return 1
}
hw_held() {
  hw_newest; hw_p=$hw_a
  if [ $hw_l -ge $hw_p ] && [ $((hw_l - hw_p)) -le 64 ]; then
    while [ $hw_p -lt $hw_l ]; do hw_p=$((hw_p + 1)); if hw_holds $hw_p; then return 0; fi; done
    return 1
  fi
  for hw_q in /proc/[0-9]*; do
    hw_p=\${hw_q#/proc/}
    # Numbers begin anew at their limit: then those above the old and those below the new one are the later ones.
    if [ $hw_l -ge $hw_a ]; then
      if [ $hw_p -le $hw_a ] || [ $hw_p -gt $hw_l ]; then continue; fi
    elif [ $hw_p -le $hw_a ] && [ $hw_p -gt $hw_l ]; then continue
    fi
    if hw_holds $hw_p; then return 0; fi
  done
  return 1
}
j() {
  hw_z=-
  if [ $2$hw_o = 1f ]; then
    hw_r=s
    if [ $3 != 0 ]; then hw_take $3 >/dev/null; IFS= read -r hw_e; [ "$hw_e" = "$hw_n" ] || exit 1; fi
  else
    {
      hw_newest; hw_a=$hw_l
      if [ $4 != 0 ]; then hw_uptime; hw_t=$hw_u; fi
      if [ $3 = 0 ]; then
        hw_run $5 "$6" </dev/null; hw_r=$?
      else
        hw_feed $3 | { hw_run $5 "$6"; hw_r=$?; cat >/dev/null; exit $hw_r; }; hw_r=$?
      fi
      if [ $hw_r = 0 ]; then hw_o=t; else hw_o=f; fi
      if [ $4 != 0 ]; then hw_uptime; if [ "$hw_t" ] && [ $((hw_u - hw_t)) -ge $4 ]; then hw_z=T; hw_o=f; fi; fi
      hw_i=0
      while hw_held; do
        if [ $hw_i = 4 ]; then hw_z=\${hw_z}B; break; fi
        hw_i=$((hw_i + 1)); sleep 0.05 || { sleep 1; hw_i=4; }
      done
    } 5>&2 2>/dev/null
  fi
  printf '%s %s %s %s\\n' "$hw_n" $1 $hw_r $hw_z; printf '%s %s\\n' "$hw_n" $1 >&2
  case $hw_z in *B) exit 0;; esac
}
while IFS= read -r hw_i; do
  if [ $hw_f ] && [ $hw_i -le 1048576 ]; then hw_b=$(dd bs=$hw_i count=1 iflag=fullblock 2>/dev/null); else hw_b=$(hw_take $hw_i); fi
  case $hw_b in *"#$hw_n") ;; *) exit 1;; esac
  eval "$hw_b"
done
`.trim();

/**
 * The shell text that starts the loop; it prints `first-second` on both streams when it is there. Where our streams are sockets (a
 * process of Node has such), jobs could not open /dev/stdout and /dev/stderr, as they can behind sshd: there, pipes are put between.
 */
export function loopCommand(first: string, second: string): string {
  const start = `sh -c "$hw_l" sh ${first} ${second}`;
  // One command: a shell that reads its program byte by byte must leave nothing of it for the loop to read.
  return `unset hw_l; hw_l=${quote(LOOP)}
if [ -S /proc/$$/fd/1 ] || [ -S /proc/$$/fd/2 ]; then
  exec 3>&1 4>&2
  { { ${start} 2>&1 >&5 3>&- 4>&- 5>&- | cat >&4 3>&- 5>&-; } 5>&1 | cat >&3 4>&-; }
  exit
else
  exec ${start}
fi`;
}

/** Shell text in front of a job's own that arms its watchdog. It must not become a child of the job, whose `wait` would see it. */
export function watchdogPrologue(timeoutSeconds: number): string {
  const whole = Math.floor(timeoutSeconds);
  const fraction = Math.round((timeoutSeconds - whole) * 100) / 100;
  const watch = `sh -c ${quote(WATCHDOG)} sh $$ ${whole} ${fraction}`;
  const away = '</dev/null >/dev/null 2>&1 &';
  return `if command -v setsid >/dev/null 2>&1; then (setsid ${watch} g ${away}) else (${watch} "" ${away}) fi`;
}
