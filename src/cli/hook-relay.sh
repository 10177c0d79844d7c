#!/bin/sh
# One event of a Claude Code hook, from stdin to the agent (docs/decisions/0016-curl-hands-out.md). Called as
#   sh hook-relay.sh NODE CLIENT SOCKET SESSION
# It says nothing and always ends with 0 within seconds: Claude Code waits for its hooks, and takes 2 for a veto.
for curl in /usr/bin/curl /bin/curl /run/current-system/sw/bin/curl ''; do
  [ ! -x "$curl" ] || break
done
[ -n "$curl" ] || exec "$@"
[ -S "$3" ] && [ -O "$3" ] || exit 0
"$curl" -q --silent --noproxy '*' --max-time 2 --unix-socket "$3" --globoff --output /dev/null \
  --header 'Content-Type: application/json' --header 'Expect:' --data-binary @- \
  "http://agent/v1/hook?session=$4" >/dev/null 2>&1
# A curl without Unix sockets refuses the option before it has read anything.
[ $? -ne 2 ] || exec "$@"
exit 0
