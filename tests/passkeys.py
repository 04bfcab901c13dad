"""A device that holds a passkey and does as the test says."""

import json
from hashlib import sha256

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


class Device:
    """Holds one passkey of `user`; `verified`: it asked for a finger, a face or its PIN."""

    def __init__(self, user):
        self.user = user
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self.key.public_key())
        self.credential = AttestedCredentialData.create(b"\0" * 16, b"passkey", public)
        data = self._data(FLAG.UP | FLAG.UV | FLAG.AT, self.credential)
        made = {"attestationObject": AttestationObject.create("none", data, {})}
        self.authenticator = Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "Key", "credential": self._sent("create", "AAAA", made)},
        )

    def answer(self, asked, *, verified):
        data = self._data(FLAG.UP | FLAG.UV if verified else FLAG.UP)
        client = self._client("get", asked["publicKey"]["challenge"])
        given = {
            "authenticatorData": data,
            "signature": self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256())),
            "userHandle": user_pk_to_url_str(self.user).encode(),
        }
        return json.dumps(self._sent("get", asked["publicKey"]["challenge"], given))

    def _data(self, flags, credential=b""):
        return AuthenticatorData.create(sha256(b"testserver").digest(), flags, 1, credential)

    def _client(self, kind, challenge):
        return CollectedClientData.create(f"webauthn.{kind}", challenge, "http://testserver")

    def _sent(self, kind, challenge, given):
        given = {"clientDataJSON": self._client(kind, challenge), **given}
        known = websafe_encode(b"passkey")
        response = {name: websafe_encode(value) for name, value in given.items()}
        return {"id": known, "rawId": known, "type": "public-key", "response": response}
