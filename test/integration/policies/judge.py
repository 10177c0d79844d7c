"""Judges of other people: moto's policy evaluator and validator, and cfn-lint. JSON in, JSON out.

In:  {"evaluate": [{"policy", "calls": [{"action", "resource", "context"}]}], "validate": [text], "templates": [text]}
Out: {"evaluate": [[bool]], "validate": [null or why not], "templates": [[finding]]}
"""

import json
import sys

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.policy_validation import IAMPolicyDocumentValidator


def allowed(policy, call):
    """Whether any statement allows it and none denies it.

    One statement at a time: to moto, an unmet condition of one denies what another allows.
    """
    verdicts = []
    for statement in policy["Statement"]:
        alone = IAMPolicy(json.dumps({"Version": policy["Version"], "Statement": [statement]}))
        result = alone.is_action_permitted(call["action"], call["resource"], None, call["context"])
        if statement["Effect"] == "Deny" and result == PermissionResult.DENIED:
            return False
        verdicts.append(result == PermissionResult.PERMITTED)
    return any(verdicts)


def invalid(text):
    try:
        IAMPolicyDocumentValidator(text).validate()
        return None
    except Exception as error:  # moto raises what AWS would answer
        return str(getattr(error, "message", None) or error)


def findings(text):
    from cfnlint.api import ManualArgs, lint

    return [str(match) for match in lint(text, config=ManualArgs(regions=["us-east-1"]))]


asked = json.load(sys.stdin)
json.dump(
    {
        "evaluate": [
            [allowed(given["policy"], call) for call in given["calls"]] for given in asked.get("evaluate", [])
        ],
        "validate": [invalid(text) for text in asked.get("validate", [])],
        "templates": [findings(text) for text in asked.get("templates", [])],
    },
    sys.stdout,
)
