//! A client that logs in by SCRAM-SHA-256 (RFC 7677), with keys that it computes once and keeps (RFC 5802 section 3).

use std::error::Error;
use std::fmt::Write as _;

use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::host::{Conn, Host};

pub(super) struct Client {
    domain: &'static str,
    password: &'static str,
    /// Of the salt and the number of iterations named last.
    keys: Option<(String, Keys)>,
}

struct Keys {
    client: [u8; 32],
    stored: [u8; 32],
}

impl Keys {
    /// From the part `s=..,i=..` of the server's first message.
    fn derive(password: &str, offer: &str) -> Option<Self> {
        let (salt, iterations) = offer.strip_prefix("s=")?.split_once(",i=")?;
        let (salt, iterations) = (Base64::decode_vec(salt).ok()?, iterations.parse().ok()?);
        let salted = pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.as_bytes(), &salt, iterations);
        let client = mac(&salted, "Client Key");
        Some(Self { client, stored: Sha256::digest(client).into() })
    }

    fn proof(&self, signed: &str) -> String {
        let mut proof = mac(&self.stored, signed);
        proof.iter_mut().zip(self.client).for_each(|(octet, key)| *octet ^= key);
        Base64::encode_string(&proof)
    }
}

fn mac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

impl Client {
    pub(super) const fn new(domain: &'static str, password: &'static str) -> Self {
        Self { domain, password, keys: None }
    }

    /// Logs in on a fresh connection as the account of that number, over STARTTLS without the TLS, and binds a resource
    /// that the server chooses.
    pub(super) fn log_in(&mut self, host: &mut Host, conn: Conn, number: usize) -> Result<(), Box<dyn Error>> {
        const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
        let header = format!(
            "<?xml version='1.0'?><stream:stream to='{}' version='1.0' xml:lang='en' xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams'>",
            self.domain
        );
        hear(host, conn, &header, "<starttls")?;
        hear(host, conn, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed")?;
        hear(host, conn, &header, "SCRAM-SHA-256")?;

        let first = format!("n=user-{number:06},r=nonce-{number}");
        let initial = Base64::encode_string(format!("n,,{first}").as_bytes());
        let auth = format!("<auth xmlns='{SASL}' mechanism='SCRAM-SHA-256'>{initial}</auth>");
        let challenge = hear(host, conn, &auth, "<challenge")?;
        let challenge = challenge.split(['<', '>']).nth(2).ok_or("a challenge is text")?;
        let challenge = String::from_utf8(Base64::decode_vec(challenge).map_err(|_| "a challenge is base64")?)?;
        let (nonce, offer) = challenge.split_once(',').ok_or("a challenge has parts")?;
        if self.keys.as_ref().is_none_or(|(known, _)| known != offer) {
            let keys = Keys::derive(self.password, offer).ok_or("a challenge has salt and iterations")?;
            self.keys = Some((offer.to_owned(), keys));
        }
        let (_, keys) = self.keys.as_ref().ok_or("keys were made")?;
        let mut last = format!("c=biws,{nonce}");
        let proof = keys.proof(&format!("{first},{challenge},{last}"));
        write!(last, ",p={proof}")?;
        let response = format!("<response xmlns='{SASL}'>{}</response>", Base64::encode_string(last.as_bytes()));
        hear(host, conn, &response, "<success")?;

        hear(host, conn, &header, "urn:ietf:params:xml:ns:xmpp-bind")?;
        let bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
        hear(host, conn, bind, "<jid>")?;
        Ok(())
    }

    /// Says that it is there, and something.
    pub(super) fn talk(&self, host: &mut Host, conn: Conn) -> Result<(), Box<dyn Error>> {
        host.hear(conn, "<presence><priority>1</priority></presence>").map_err(|refused| format!("{refused:?}"))?;
        self.say(host, conn)
    }

    /// Says something, and is answered.
    pub(super) fn say(&self, host: &mut Host, conn: Conn) -> Result<(), Box<dyn Error>> {
        let message = "<message to='juliet@example.net' type='chat' id='a1'><body>Neither, fair maid &amp; saint</body>\
                       <active xmlns='http://jabber.org/protocol/chatstates'/></message>";
        hear(host, conn, message, "fair maid &amp; saint")?;
        Ok(())
    }
}

/// What the host says to `octets`, which must hold `wanted`.
fn hear<'h>(host: &'h mut Host, conn: Conn, octets: &str, wanted: &str) -> Result<&'h str, Box<dyn Error>> {
    let said = host.hear(conn, octets).map_err(|refused| format!("{refused:?} to {octets}"))?;
    if said.contains(wanted) { Ok(said) } else { Err(format!("not {wanted} but {said} to {octets}").into()) }
}
