//! What is counted, in Prometheus' words. Label values are a closed set: nothing of a request becomes one.

use crate::moderator::Judgement;
use crate::policy::Action;
use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// Upper bounds of the histogram's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1., 5., 30.];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ActionLabels {
    action: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KeyLabels {
    key: String,
}

/// Everything that is counted.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    approved: Counter,
    held: Counter,
    rejected: Counter,
    denied: Family<ReasonLabels, Counter>,
    admitted: Family<KeyLabels, Counter>,
    /// Connections that were refused because too many were open.
    pub(super) connections_refused: Counter,
    /// Connections that are open.
    pub(super) connections: Gauge,
    /// Reloads that took effect.
    pub(super) reloads: Counter,
    /// Reloads that were refused.
    pub(super) reloads_refused: Counter,
    /// Lines of the access log that were left out because writing them took too long.
    pub(super) log_lines_lost: Counter,
    /// Articles that were forgotten for want of memory.
    pub(super) articles_evicted: Counter,
    articles: Gauge,
    articles_bytes: Gauge,
    load: Gauge,
}

/// What is only known when somebody asks.
pub(super) struct Levels {
    pub(super) articles: usize,
    pub(super) articles_bytes: usize,
    pub(super) load: usize,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("gruff");
        let requests = Family::default();
        registry.register("requests", "Requests that were answered", requests.clone());
        let seconds: Family<RouteLabels, Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        registry.register(
            "request_seconds",
            "Time from the head of a request to the head of its answer",
            seconds.clone(),
        );
        let judged = Family::<ActionLabels, Counter>::default();
        registry.register("comments_judged", "Comments by the action that the policy chose", judged.clone());
        let of = |action| judged.get_or_create(&ActionLabels { action }).clone();
        let denied = Family::default();
        registry.register("requests_denied", "Requests that their API key did not allow", denied.clone());
        let admitted = Family::default();
        registry.register("requests_admitted", "Requests that an API key allowed", admitted.clone());
        let mut counter = |name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let connections_refused = counter("connections_refused", "Connections refused because too many were open");
        let reloads = counter("reloads", "Reloads that took effect");
        let reloads_refused = counter("reloads_refused", "Reloads that were refused");
        let log_lines_lost = counter("log_lines_lost", "Lines of the access log that could not be written in time");
        let articles_evicted = counter("articles_evicted", "Articles forgotten for want of memory");
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let connections = gauge("connections", "Connections that are open");
        let articles = gauge("articles", "Articles that are known");
        let articles_bytes = gauge("articles_bytes", "Memory that the articles take");
        let load = gauge("requests_judging", "Requests that are judged or wait for it");
        let (approved, held, rejected) = (of("approve"), of("hold"), of("reject"));
        Self {
            registry,
            requests,
            seconds,
            approved,
            held,
            rejected,
            denied,
            admitted,
            connections_refused,
            connections,
            reloads,
            reloads_refused,
            log_lines_lost,
            articles_evicted,
            articles,
            articles_bytes,
            load,
        }
    }

    /// Counts a request that was answered.
    pub(super) fn request(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let labels = RequestLabels { method: known(method), route: route.to_owned(), status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&RouteLabels { route: labels.route }).observe(took.as_secs_f64());
    }

    /// Counts a comment that was judged.
    pub(super) fn judged(&self, judgement: &Judgement) {
        match judgement.action {
            Action::Approve => self.approved.inc(),
            Action::Hold => self.held.inc(),
            Action::Reject => self.rejected.inc(),
        };
    }

    /// Counts a request that its key did not allow.
    pub(super) fn denied(&self, reason: &'static str) {
        self.denied.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// Counts a request that a key allowed.
    pub(super) fn admitted(&self, key: &str) {
        self.admitted.get_or_create(&KeyLabels { key: key.to_owned() }).inc();
    }

    /// Writes everything.
    pub(super) fn text(&self, levels: &Levels) -> String {
        let level = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.articles.set(level(levels.articles));
        self.articles_bytes.set(level(levels.articles_bytes));
        self.load.set(level(levels.load));
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Returns the name of a method; one that nobody uses is `other`, so that callers cannot invent labels.
pub(super) fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}
