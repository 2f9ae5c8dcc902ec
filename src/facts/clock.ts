/** Ansible's `date_time`, from `date '+%Y|%m|%d|%H|%M|%S|%s|%Z|%z|%A|%w|%W'`: the host's own clock and zone. */
export function clockFacts(line: string) {
  const [year, month, day, hour, minute, second, epoch, tz, offset, weekday, number, week] = line.split('|');
  const utc = new Date(Number(epoch) * 1000);
  const iso = Number.isNaN(utc.getTime()) ? '' : `${utc.toISOString().slice(0, 19)}Z`;
  return {
    date_time: {
      year,
      month,
      day,
      hour,
      minute,
      second,
      epoch,
      epoch_int: epoch,
      tz,
      tz_offset: offset,
      weekday,
      weekday_number: number,
      weeknumber: week,
      date: `${year}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
      iso8601: iso,
      iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
    },
  };
}
