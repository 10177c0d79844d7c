#!/bin/sh
# Credentials from the agent's socket by curl, which starts in a third of the time that Node takes
# (docs/decisions/0016-curl-hands-out.md). Called as
#   sh hand-out.sh NODE CLIENT [export-credentials] FLAG...
# It prints what the agent answers with 200, and nothing else. All the rest is left to `NODE CLIENT FLAG...`, which
# starts the agent and has the words and the exit codes: no curl, one without Unix sockets, no agent, a refusal, a
# flag that is not known here. Whatever goes wrong before, the outcome is the Node client's.

# An exported SHELLOPTS=xtrace would show the answer.
{ set +x; } 2>/dev/null

flag='' profile='' session='' socket='' claude='' format=process place=0
for word do
  place=$((place + 1))
  [ $place -gt 2 ] || continue
  if [ -n "$flag" ]; then
    value=$word
  else
    case $word in
      export-credentials) [ $place -eq 3 ] && continue || exec "$@" ;;
      --profile=* | --session=* | --socket=* | --format=* | --claude-pid=*) flag=${word%%=*} value=${word#*=} ;;
      --profile | --session | --socket | --format | --claude-pid) flag=$word && continue ;;
      *) exec "$@" ;;
    esac
  fi
  case $flag in
    --profile) profile=$value ;;
    --session) session=$value ;;
    --socket) socket=$value ;;
    --format) format=$value ;;
    --claude-pid) claude=$value ;;
  esac
  flag=''
done
[ -z "$flag" ] || exec "$@"

if [ -n "$session" ]; then
  [ -z "$profile$claude" ] || exec "$@"
  who=session=$session
else
  who=profile=${profile:-${AWS_PROFILE-}}
  [ "$who" != profile= ] || exec "$@"
fi

# As in src/contract/socket-path.ts. A socket that does not lie beside the state is found by the Node client.
if [ -z "$socket" ]; then
  if [ -n "${BEDROCK_TRAY_HOME-}" ]; then
    home=$BEDROCK_TRAY_HOME
  elif [ -d /System/Library/CoreServices ]; then
    home="${HOME-}/Library/Application Support/bedrock-tray"
  else
    home=${XDG_DATA_HOME:-${HOME-}/.local/share}/bedrock-tray
  fi
  # Someone else's folder may hold someone else's agent.
  [ -O "$home" ] || exec "$@"
  socket=$home/agent.sock
fi
[ -S "$socket" ] && [ -O "$socket" ] || exec "$@"

# The system's own curl, never one that a PATH leads to; its ~/.curlrc and proxies are not for this.
for curl in /usr/bin/curl /bin/curl /run/current-system/sw/bin/curl ''; do
  [ ! -x "$curl" ] || break
done
[ -n "$curl" ] || exec "$@"
answer=$(
  exec "$curl" -q --silent --fail --noproxy '*' --max-time 660 --unix-socket "$socket" --get \
    --data-urlencode "$who" --data-urlencode "format=$format" \
    ${claude:+--data-urlencode} ${claude:+"claude=$claude"} http://agent/v1/credentials 2>/dev/null
) || exec "$@"

# With this PATH only a shell's own printf is found: a program of that name would show the answer among its arguments.
if [ -n "$answer" ] && PATH=/dev/null printf '%s\n' "$answer" 2>/dev/null; then exit 0; fi
exec "$@"
