"""
Where botocore, or the AWS CLI's own copy of it, takes a profile's credentials from, without asking AWS for any.
argv[1]: "botocore", or "awscli": with that imported, botocore is the AWS CLI's copy. One JSON document in on stdin, one out on stdout.
"""

import datetime
import importlib
import json
import logging
import os
import sys

importlib.import_module(sys.argv[1])
session_module = importlib.import_module("botocore.session")
tokens_module = importlib.import_module("botocore.tokens")
exceptions = importlib.import_module("botocore.exceptions")
assert sys.argv[1] in session_module.__file__.split(os.sep)
logging.disable(logging.CRITICAL)


def described(found):
    """The form of our CredentialSource, with what can be seen before the first call."""
    if found is None:
        return {"error": "NoCredentials", "message": ""}
    method = found.method
    if method in ("assume-role", "assume-role-with-web-identity", "sso"):
        refresh = found._refresh_using
        # The one that asks for an MFA code wraps it.
        fetcher = getattr(refresh, "_refresh", refresh).__self__
    if method == "assume-role":
        asked = fetcher._assume_kwargs
        return {
            "kind": "assume-role",
            "roleArn": asked["RoleArn"],
            "externalId": asked.get("ExternalId"),
            "mfaSerial": asked.get("SerialNumber"),
            "sessionName": None if fetcher._using_default_session_name else asked["RoleSessionName"],
            "durationSeconds": asked.get("DurationSeconds"),
            "source": described(fetcher._source_credentials),
        }
    if method == "assume-role-with-web-identity":
        asked = fetcher._assume_kwargs
        return {
            "kind": "web-identity",
            "roleArn": asked["RoleArn"],
            "tokenFile": fetcher._web_identity_token_loader._web_identity_token_path,
            "sessionName": None if fetcher._using_default_session_name else asked["RoleSessionName"],
        }
    if method == "sso":
        return {
            "kind": "sso",
            "ssoSession": fetcher._sso_session_name or fetcher._start_url,
            "startUrl": fetcher._start_url,
            "ssoRegion": fetcher._sso_region,
            "accountId": fetcher._account_id,
            "roleName": fetcher._role_name,
        }
    kinds = {
        "shared-credentials-file": "static",
        "config-file": "static",
        "custom-process": "process",
        "env": "environment",
        "login": "login",
    }
    return {"kind": kinds[method], "accessKeyId": found.access_key}


def attempted(found):
    """Name of the error that the first use ends with."""
    try:
        found.get_frozen_credentials()
    except Exception as error:
        return type(error).__name__
    return None


def profile(case):
    # Making the handlers of calls takes most of the time, and without an attempt there is no call.
    handlers = bool(case.get("attempt"))
    session = session_module.Session(profile=case["profile"], include_builtin_handlers=handlers)
    session.set_config_variable("config_file", case["config"])
    session.set_config_variable("credentials_file", case["credentials"])
    session.set_config_variable("metadata_service_num_attempts", 0)
    found = session.get_credentials()
    verdict = described(found)
    verdict["region"] = session.get_config_variable("region")
    if case.get("attempt"):
        verdict["attempt"] = attempted(found)
    return verdict


class Answers:
    """Stands for the OIDC client: one answer, and how often it was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.calls = 0

    def create_token(self, **_):
        self.calls += 1
        if self.answer is None:
            raise exceptions.ClientError(
                {"Error": {"Code": "InvalidGrantException"}}, "CreateToken"
            )
        return self.answer


def token(case):
    """The token that is used at `now`, with the file as it is afterwards."""
    now = datetime.datetime.fromisoformat(case["now"])
    session = session_module.Session(profile=case["profile"])
    session.set_config_variable("config_file", case["config"])
    folder = case["cache"]
    cache = tokens_module.JSONFileCache(folder, dumps_func=tokens_module._sso_json_dumps)
    provider = tokens_module.SSOTokenProvider(session, cache=cache, time_fetcher=lambda: now)
    client = Answers(case["answer"])
    provider.__dict__["_client"] = client
    type(provider)._client = client
    try:
        frozen = provider.load_token().get_frozen_token()
        verdict = {"token": frozen.token, "expiresAt": frozen.expiration.isoformat()}
    except Exception as error:
        verdict = {"error": type(error).__name__, "message": str(error)}
    return {**verdict, "calls": client.calls}


def answer(question):
    environment = dict(os.environ)
    os.environ.update(question.get("env", {}))
    try:
        return {"profile": profile, "token": token}[question["ask"]](question)
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}
    finally:
        os.environ.clear()
        os.environ.update(environment)


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
