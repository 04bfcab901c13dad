"""An OpenID Connect provider on this machine, for the tests."""

import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = {"client_id": "member-management", "secret": "hidden-words-of-the-client"}
CODE = "the-code"


class Provider:
    """Says that whoever asks is `claims`; `asked`: the forms that were sent for a token."""

    def __init__(self, address):
        self.address = address
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims = {}
        self.audience = CLIENT["client_id"]
        self.asked = []

    @property
    def configuration(self):
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    @property
    def keys(self):
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "1", "alg": "RS256", "use": "sig"}]}

    @property
    def settings(self):
        """SOCIALACCOUNT_PROVIDERS with this one."""
        app = {
            **CLIENT,
            "provider_id": "company",
            "name": "Company",
            "settings": {"server_url": self.address, "oauth_pkce_enabled": True},
        }
        return {"openid_connect": {"APPS": [app]}}

    def token(self, sent):
        self.asked.append(sent)
        if (sent.get("code"), sent.get("client_secret")) != (CODE, CLIENT["secret"]):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.address, "aud": self.audience, "iat": now, "exp": now + 60}
        signed = jwt.encode(claims | self.claims, self.key, "RS256", headers={"kid": "1"})
        return {"access_token": "an-access-token", "token_type": "Bearer", "id_token": signed}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        provider, url = self.server.provider, urlsplit(self.path)
        if url.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            back = urlencode({"code": CODE, "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
            return
        answers = {
            "/.well-known/openid-configuration": provider.configuration,
            "/keys": provider.keys,
            "/userinfo": provider.claims,
        }
        self.answer(answers[url.path])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        self.answer(self.server.provider.token(sent))

    def answer(self, content):
        body = json.dumps(content).encode()
        self.send_response(400 if "error" in content else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nobody reads it."""


@contextmanager
def running_provider():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.provider = Provider(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        yield server.provider
        server.shutdown()
        thread.join()
