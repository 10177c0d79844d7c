"""Answers questions about AWS files as botocore does. One JSON document in on stdin, one out on stdout."""

import base64
import hashlib
import json
import os
import sys
import tempfile

import botocore
import botocore.config
import botocore.configloader
import botocore.session
import botocore.utils


shared = botocore.session.Session()


def texts(options):
    """Only plain values: nested ones are not ours."""
    return {key: value for key, value in options.items() if isinstance(value, str)}


def config(case):
    """`full_config` of a config and a credentials file, or the error that rejects them."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for name in ("config", "credentials"):
            paths[name] = os.path.join(folder, name)
            with open(paths[name], "wb") as file:
                file.write(base64.b64decode(case[name]))
        # One session for all cases: making one costs more than reading the files.
        shared.set_config_variable("config_file", paths["config"])
        shared.set_config_variable("credentials_file", paths["credentials"])
        shared._config = None
        try:
            full = shared.full_config
        except Exception as error:
            return {"error": type(error).__name__}
        return {
            "profiles": {name: texts(options) for name, options in full["profiles"].items()},
            "ssoSessions": {
                name: texts(options) for name, options in full.get("sso_sessions", {}).items()
            },
        }


def registration(case):
    """Name of a registration's file: BaseSSOTokenFetcher._registration_cache_key."""
    args = {
        "tool": "botocore",
        "startUrl": case["startUrl"],
        "region": case["region"],
        "scopes": case["scopes"],
        "session_name": case["sessionName"],
    }
    return hashlib.sha1(json.dumps(args, sort_keys=True).encode("utf-8")).hexdigest() + ".json"


def credentials(case):
    """Keys that botocore finds for a profile (or by itself), with its own end of them."""
    found = botocore.session.Session(profile=case.get("profile")).get_credentials()
    frozen = found.get_frozen_credentials()
    expiry = getattr(found, "_expiry_time", None)
    return {
        "accessKeyId": frozen.access_key,
        "secretAccessKey": frozen.secret_key,
        "sessionToken": frozen.token,
        "method": found.method,
        "expiry": expiry.isoformat() if expiry else None,
    }


def token(case):
    """The access token that botocore has for a profile's SSO session, refreshed if it must."""
    found = botocore.session.Session(profile=case["profile"]).get_auth_token()
    return found.get_frozen_token().token


def endpoint(case):
    """Where botocore would send a service's request, with this environment and this config file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "config")
        with open(path, "w", encoding="utf-8") as file:
            file.write(case["config"])
        before = dict(os.environ)
        os.environ.update(case["env"])
        try:
            session = botocore.session.Session(profile=case.get("profile"))
            session.set_config_variable("config_file", path)
            session.register_component("data_loader", shared.get_component("data_loader"))
            client = session.create_client(
                case["service"],
                region_name=case["region"],
                config=botocore.config.Config(signature_version=botocore.UNSIGNED),
            )
            context = {
                "client_region": case["region"],
                "client_config": client.meta.config,
                "has_streaming_input": False,
                "auth_type": None,
            }
            operation = client.meta.service_model.operation_model(case["operation"])
            url, _, _ = client._resolve_endpoint_ruleset(operation, case["input"], context)
            return {"url": url}
        finally:
            os.environ.clear()
            os.environ.update(before)


def proxy(case):
    """The proxy that botocore takes for a URL in this environment."""
    before = dict(os.environ)
    os.environ.update(case["env"])
    try:
        return {"proxy": botocore.utils.get_environ_proxies(case["url"]).get(case["url"].split(":")[0])}
    finally:
        os.environ.clear()
        os.environ.update(before)


def answer(question):
    handler = {
        "config": config,
        "registration": registration,
        "credentials": credentials,
        "token": token,
        "endpoint": endpoint,
        "proxy": proxy,
    }[question["ask"]]
    try:
        return handler(question)
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}


def pairs(value):
    """Names as values (referee.ts)."""
    if isinstance(value, dict):
        return {"pairs": [[name, pairs(of)] for name, of in value.items()]}
    return value


json.dump([pairs(answer(question)) for question in json.load(sys.stdin)], sys.stdout)
