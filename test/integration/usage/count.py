"""Counts what Claude Code used, by its transcripts: a referee that shares no code and no data with the product.

usage: count.py PROJECTS ZONE PRICES.json > counts.json

PRICES.json: {model: [[above, input, output, 5-minute write, 1-hour write, cache read], ...]}, USD for a million tokens,
for prompts longer than `above` tokens; a model that is not in it has no price.
"""
import json
import os
import re
import sys
from collections import defaultdict
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

KINDS = ("input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h")
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def number(value):
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def instant(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000 + 0.5)


def writes(total, hour):
    return max(0, total - hour), hour


def transcripts(projects):
    """(path, conversation or None, is of a sub-agent), the oldest first."""
    found = []
    for folder, _, names in os.walk(projects):
        for name in names:
            if not name.endswith(".jsonl"):
                continue
            path = os.path.join(folder, name)
            parts = os.path.relpath(path, projects).split(os.sep)
            stem = name[: -len(".jsonl")]
            if len(parts) == 2 and UUID.match(stem):
                found.append((path, stem, False))
            elif len(parts) == 2 and stem.startswith("agent-"):
                found.append((path, None, True))
            elif len(parts) > 3 and UUID.match(parts[1]) and parts[2] == "subagents":
                found.append((path, parts[1], True))
    return sorted(found, key=lambda entry: os.stat(entry[0]).st_mtime_ns)


answers = {}  # id -> (at, output, model, tokens, conversation)
totals = defaultdict(list)  # conversation -> [at, time of the next answer, {model: tokens}]
parents = {}  # conversation -> (at of the last copied answer, origin)

projects, zone, prices = sys.argv[1], ZoneInfo(sys.argv[2]), json.load(open(sys.argv[3]))
for path, named, of_agent in transcripts(projects):
    said_at = None
    for raw in open(path, "rb").read().split(b"\n"):
        try:
            line = json.loads(raw)
        except ValueError:
            continue
        if not isinstance(line, dict):
            continue
        if isinstance(line.get("timestamp"), str):
            said_at = instant(line["timestamp"])
        if line.get("type") == "cost-state" and not of_agent:
            models = {}
            for model, used in line["modelUsage"].items():
                five, hour = writes(
                    number(used.get("cacheCreationInputTokens")), number(used.get("cacheCreationEphemeral1hInputTokens"))
                )
                models[model] = dict(
                    zip(KINDS, (number(used["inputTokens"]), number(used["outputTokens"]), number(used["cacheReadInputTokens"]), five, hour))
                )
            totals[named].append([said_at, None, models])
        if line.get("type") != "assistant" or line["message"].get("model") == "<synthetic>":
            continue
        conversation = named or line["sessionId"]
        message, used = line["message"], line["message"]["usage"]
        at = instant(line["timestamp"])
        if not of_agent:
            for total in totals[conversation]:
                if total[1] is None:
                    total[1] = at
        five, hour = writes(
            number(used.get("cache_creation_input_tokens")),
            number((used.get("cache_creation") or {}).get("ephemeral_1h_input_tokens")),
        )
        tokens = dict(
            zip(KINDS, (number(used.get("input_tokens")), number(used.get("output_tokens")), number(used.get("cache_read_input_tokens")), five, hour))
        )
        asked = line.get("requestSessionId")
        origin = asked if asked and asked != line.get("sessionId") else None
        before = answers.get(message["id"])
        owner = (before and before[4]) or origin or conversation
        if owner != conversation and (conversation not in parents or parents[conversation][0] < at):
            parents[conversation] = (at, owner)
        this = (at, tokens["output"], line.get("requestedModel") or message["model"], tokens, owner)
        if before and (at, tokens["output"]) < before[:2]:
            this = before[:4] + (owner,)
        answers[message["id"]] = this

of = defaultdict(list)
for at, _, model, tokens, owner in answers.values():
    of[owner].append((at, model, tokens))

beside = {}  # conversation -> [(at, model, tokens)]


def asked_beside(conversation):
    """What Claude Code's own totals have beyond what stands by itself."""
    if conversation in beside:
        return beside[conversation]
    beside[conversation] = []
    known = [(entry, None) for entry in of[conversation]]
    child = conversation
    lineage = {conversation}
    while child in parents and parents[child][1] not in lineage:
        limit = min((at for at, _, _ in of[child]), default=None)
        child = parents[child][1]
        lineage.add(child)
        known += [(entry, limit) for entry in of[child] + asked_beside(child)]
    extra = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for at, until, models in sorted(totals[conversation], key=lambda total: total[0]):
        for model, told in models.items():
            counted = dict.fromkeys(KINDS, 0)
            for (when, which, tokens), limit in known:
                if which == model and (limit is None or when < limit) and (until is None or when < until):
                    for kind in KINDS:
                        counted[kind] += tokens[kind]
            more = {kind: max(0, told[kind] - counted[kind] - extra[model][kind]) for kind in KINDS}
            if any(more.values()):
                beside[conversation].append((at, model, more))
                for kind in KINDS:
                    extra[model][kind] += more[kind]
    return beside[conversation]


rows = defaultdict(lambda: {"answers": 0, "usd": Fraction(0), **dict.fromkeys(KINDS, 0)})


def count(at, model, session, tokens, prompt, is_answer):
    row = rows[(datetime.fromtimestamp(at / 1000, zone).strftime("%Y-%m-%d"), model, session)]
    row["answers"] += is_answer
    for kind in KINDS:
        row[kind] += tokens[kind]
    if model not in prices:
        row["usd"] = None
        return
    tier = [tier for tier in prices[model] if prompt > tier[0]] or prices[model][:1]
    _, base, out, five, hour, read = (Fraction(str(price)) for price in tier[-1])
    row["usd"] += (
        tokens["input"] * base
        + tokens["output"] * out
        + tokens["cacheWrite5m"] * five
        + tokens["cacheWrite1h"] * hour
        + tokens["cacheRead"] * read
    ) / 1000000


for at, _, model, tokens, owner in answers.values():
    count(at, model, owner, tokens, sum(tokens[kind] for kind in KINDS if kind != "output"), 1)
for conversation in list(totals):
    for at, model, tokens in asked_beside(conversation):
        # How long these prompts were is not told: they count as short.
        count(at, model, conversation, tokens, 0, 0)

print(
    json.dumps(
        [
            {"day": day, "model": model, "session": session, **row, "usd": None if row["usd"] is None else float(row["usd"])}
            for (day, model, session), row in sorted(rows.items())
        ]
    )
)
