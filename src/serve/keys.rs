//! API keys: who asks, what that caller may do, and how much.
//!
//! A key's limit counts comments: a request costs as many as it has, and at least one. Otherwise a list of a thousand rows
//! would cost as much as a single one.
//!
//! A key is 128 random bits, so its SHA-256 is as hard to turn back as the key is to guess: a slow hash, which protects
//! passwords that people choose, would only make every request slow.

use super::problem::Problem;
use axum::http::{HeaderMap, StatusCode, header};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Deserializer, de::Error};
use sha2::{Digest, Sha256};
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// What the holder of a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Have comments judged, and tell about articles.
    Score,
    /// Report decisions to learn from.
    Learn,
    /// Reload, and read the metrics.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Score, Self::Learn, Self::Admin];

    /// Returns its name in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Learn => "learn",
            Self::Admin => "admin",
        }
    }
}

/// A key as the configuration has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with name, hash and scopes")]
pub struct KeyTable {
    /// What metrics call the key.
    pub name: String,
    /// What is kept of the key.
    pub hash: KeyHash,
    /// What it allows.
    #[serde(deserialize_with = "scopes")]
    pub scopes: Vec<Scope>,
    /// How many comments a second it allows; without it any number.
    pub per_second: Option<NonZeroU32>,
    /// How many may come at once, also in one request; without it as many as in one second.
    pub burst: Option<NonZeroU32>,
}

fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Scope>, D::Error> {
    let scopes = Vec::<Scope>::deserialize(deserializer)?;
    if scopes.is_empty() {
        return Err(D::Error::custom("a key without scopes opens nothing; give some of score, learn and admin"));
    }
    Ok(scopes)
}

/// SHA-256 of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// Hashes a key.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sha256:").filter(|digits| digits.len() == 64 && digits.is_ascii())?;
        let mut hash = [0; 32];
        for (place, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

impl<'de> Deserialize<'de> for KeyHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // What stands there may be the key itself, so it is not repeated.
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(
                "a hash is `sha256:` and 64 hexadecimal digits; `gruff serve key` makes a key and prints it",
            )
        })
    }
}

/// Makes a key of 128 random bits that also fits into a host name's label, where old Akismet clients put it.
///
/// # Errors
/// When the system has no random numbers.
pub fn generate() -> std::io::Result<String> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(std::io::Error::other)?;
    Ok(format!("gruff-{:032x}", u128::from_be_bytes(bits)))
}

/// All keys of a server. Without any, every caller may do everything.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    table: KeyTable,
    allowance: Option<Arc<Allowance>>,
}

/// What is left of a key's limit.
#[derive(Debug)]
struct Allowance {
    limiter: DefaultDirectRateLimiter,
    /// The most comments at once.
    burst: NonZeroU32,
}

impl Allowance {
    fn new(per_second: NonZeroU32, burst: Option<NonZeroU32>) -> Self {
        let burst = burst.unwrap_or(per_second);
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self { limiter: RateLimiter::direct(quota), burst }
    }
}

/// A caller who was let in.
#[derive(Debug, Clone, Default)]
pub(super) struct Caller(Option<Arc<Allowance>>);

impl Caller {
    /// Returns how many comments the key allows at once; `None` for any number.
    pub(super) fn most(&self) -> Option<usize> {
        self.0.as_ref().map(|allowance| usize::try_from(allowance.burst.get()).unwrap_or(usize::MAX))
    }

    /// Counts further comments: all of them, or none where there is no room for all.
    pub(super) fn charge(&self, comments: usize) -> Result<(), Denied> {
        let Some(allowance) = &self.0 else { return Ok(()) };
        let most = allowance.burst.get();
        let Some(comments) = u32::try_from(comments).ok().filter(|comments| *comments <= most) else {
            return Err(Denied::TooMany(most));
        };
        let Some(comments) = NonZeroU32::new(comments) else { return Ok(()) };
        match allowance.limiter.check_n(comments) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(early)) => Err(Denied::TooOften(early.wait_time_from(DefaultClock::default().now()))),
            Err(_) => Err(Denied::TooMany(most)),
        }
    }

    /// Counts the comments of a request whose caller was let in by [`Keys::let_in`]: a request counts as one at least. The
    /// time to wait is long enough for all of them.
    pub(super) fn charge_request(&self, comments: usize) -> Result<(), Denied> {
        self.charge(comments.max(1))
    }
}

/// Why a caller is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    /// No key came.
    Missing,
    /// It is none of the server's keys.
    Unknown,
    /// The key does not allow this.
    Scope(Scope),
    /// It was used too much; wait this long.
    TooOften(Duration),
    /// It never allows that many comments at once; the most that it allows.
    TooMany(u32),
}

impl Keys {
    /// Takes the keys of a configuration; those that `before` has with the same limits go on counting.
    pub(super) fn new(tables: &[KeyTable], before: &Self) -> Self {
        let key = |table: &KeyTable| {
            let same = |key: &&Key| {
                key.table.hash == table.hash
                    && (key.table.per_second, key.table.burst) == (table.per_second, table.burst)
            };
            let allowance = match before.0.iter().find(same) {
                Some(key) => key.allowance.clone(),
                None => table.per_second.map(|rate| Arc::new(Allowance::new(rate, table.burst))),
            };
            Key { table: table.clone(), allowance }
        };
        Self(tables.iter().map(key).collect())
    }

    /// Tells whether callers need a key.
    pub(super) fn are_needed(&self) -> bool {
        !self.0.is_empty()
    }

    /// Lets a caller in who presents `key` and wants what `scope` allows, and counts one comment; returns the key's name
    /// too, if there are keys.
    pub(super) fn admit(&self, key: Option<&str>, scope: Scope) -> Result<(Option<&str>, Caller), Denied> {
        let (name, caller) = self.let_in(key, scope)?;
        caller.charge(1)?;
        Ok((name, caller))
    }

    /// As [`Keys::admit`], but the comments are still to be counted.
    pub(super) fn let_in(&self, key: Option<&str>, scope: Scope) -> Result<(Option<&str>, Caller), Denied> {
        if self.0.is_empty() {
            return Ok((None, Caller::default()));
        }
        let hash = KeyHash::of(key.ok_or(Denied::Missing)?);
        // All keys are looked at in full, so that time does not tell how near a guess was.
        let mut found = None;
        for key in &self.0 {
            if bool::from(key.table.hash.0.ct_eq(&hash.0)) {
                found = Some(key);
            }
        }
        let Key { table, allowance } = found.ok_or(Denied::Unknown)?;
        if !table.scopes.contains(&scope) {
            return Err(Denied::Scope(scope));
        }
        Ok((Some(&table.name), Caller(allowance.clone())))
    }
}

impl Denied {
    /// Returns how metrics call it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "no_key",
            Self::Unknown => "unknown_key",
            Self::Scope(_) => "scope",
            Self::TooOften(_) => "rate",
            Self::TooMany(_) => "burst",
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Missing => {
                Self::new(StatusCode::UNAUTHORIZED, "an API key is needed, as `Authorization: Bearer KEY`")
            }
            Denied::Unknown => Self::new(StatusCode::UNAUTHORIZED, "the API key is not known here"),
            Denied::Scope(scope) => {
                Self::new(StatusCode::FORBIDDEN, format!("the API key lacks the scope `{}`", scope.as_str()))
            }
            Denied::TooOften(wait) => {
                let problem =
                    Self::new(StatusCode::TOO_MANY_REQUESTS, "the API key has had as many comments judged as it may");
                problem.retry_after(wait.as_secs() + 1)
            }
            Denied::TooMany(most) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the API key allows {most} comments at once (its burst); send them in parts"),
            ),
        }
    }
}

/// Finds the key of a request: `Authorization: Bearer KEY`, else `x-goog-api-key: KEY`.
pub(super) fn in_headers(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    bearer.or_else(|| headers.get("x-goog-api-key")?.to_str().ok()).filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn table(name: &str, key: &str, scopes: &[Scope], per_second: Option<u32>) -> KeyTable {
        KeyTable {
            name: name.to_owned(),
            hash: KeyHash::of(key),
            scopes: scopes.to_vec(),
            per_second: per_second.and_then(NonZeroU32::new),
            burst: None,
        }
    }

    #[test]
    fn a_key_is_random_and_a_host_label() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        assert!(
            one.len() == 38
                && one.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
    }

    #[test]
    fn a_hash_is_written_as_it_is_read() {
        let hash = KeyHash::of("test");
        assert_eq!(hash.to_string(), "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
        assert_eq!(KeyHash::parse(&hash.to_string()), Some(hash));
        assert_eq!(KeyHash::parse(&hash.to_string().to_uppercase().replace("SHA", "sha")), Some(hash));
        for text in ["", "sha256:", "9f86", "sha256:9f", &format!("{hash}0"), &hash.to_string().replace("9f", "9ü")] {
            assert_eq!(KeyHash::parse(text), None, "{text}");
        }
    }

    #[test]
    fn keys_open_what_they_may() {
        let tables = [table("a", "one", &[Scope::Score], None), table("b", "two", &Scope::ALL, None)];
        let keys = Keys::new(&tables, &Keys::default());
        let name = |key, scope| keys.admit(key, scope).map(|(name, _)| name);
        assert_eq!(name(Some("one"), Scope::Score), Ok(Some("a")));
        assert_eq!(name(Some("two"), Scope::Admin), Ok(Some("b")));
        assert_eq!(name(Some("one"), Scope::Learn), Err(Denied::Scope(Scope::Learn)));
        assert_eq!(name(Some("three"), Scope::Score), Err(Denied::Unknown));
        assert_eq!(name(None, Scope::Score), Err(Denied::Missing));
        assert_eq!(Keys::default().admit(Some("anything"), Scope::Admin).map(|(name, _)| name), Ok(None));
    }

    #[test]
    fn a_key_is_limited_across_a_reload() {
        let tables = [table("a", "one", &[Scope::Score], Some(1))];
        let keys = Keys::new(&tables, &Keys::default());
        assert!(keys.admit(Some("one"), Scope::Score).is_ok());
        let again = Keys::new(&tables, &keys);
        assert!(matches!(again.admit(Some("one"), Scope::Score), Err(Denied::TooOften(_))));
        let wider = Keys::new(&[table("a", "one", &[Scope::Score], Some(2))], &again);
        assert!(wider.admit(Some("one"), Scope::Score).is_ok());
    }

    #[test]
    fn a_request_costs_as_many_as_it_has_comments() {
        let keys = Keys::new(&[table("a", "one", &[Scope::Score], Some(100))], &Keys::default());
        let caller = || keys.admit(Some("one"), Scope::Score).map(|(_, caller)| caller);
        let first = caller().unwrap();
        assert_eq!((first.most(), first.charge_request(101)), (Some(100), Err(Denied::TooMany(100))));
        assert_eq!(first.charge_request(95), Ok(()));
        let Err(Denied::TooOften(wait)) = first.charge_request(60) else { panic!() };
        assert!(wait > Duration::from_millis(400) && wait < Duration::from_millis(700), "{wait:?}");
        // What was refused was not counted.
        assert!(first.charge_request(2).is_ok());
        assert_eq!(Caller::default().charge_request(usize::MAX), Ok(()));
        // Nothing is left: a request waits for all of its comments, and one that never fits is told so.
        let keys = Keys::new(&[table("a", "one", &[Scope::Score], Some(100))], &Keys::default());
        let caller = keys.let_in(Some("one"), Scope::Score).unwrap().1;
        assert_eq!((caller.charge_request(100), caller.charge_request(101)), (Ok(()), Err(Denied::TooMany(100))));
        let Err(Denied::TooOften(wait)) = caller.charge_request(90) else { panic!() };
        assert!(wait > Duration::from_millis(600) && wait <= Duration::from_millis(900), "{wait:?}");
        assert!(matches!(caller.charge_request(0), Err(Denied::TooOften(_))), "an empty request counts as one");
        let problem = Problem::from(Denied::TooOften(Duration::from_millis(2100)));
        assert_eq!((problem.status.as_u16(), problem.retry_after), (429, Some(3)));
    }

    #[test]
    fn keys_are_found_where_clients_put_them() {
        let headers = |pairs: &[(&'static str, &str)]| -> HeaderMap {
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
        };
        assert_eq!(in_headers(&headers(&[("authorization", "bearer  k ")])), Some("k"));
        assert_eq!(in_headers(&headers(&[("authorization", "Basic k"), ("x-goog-api-key", "g")])), Some("g"));
        assert_eq!(in_headers(&headers(&[("authorization", "Bearer ")])), None);
    }
}
