//! A small selector language, for rules that are data: `li#comment-% .fn`, `[itemtype$="/comment"]`.
//!
//! A selector is names separated by spaces (an ancestor of each must match the name before). A name is an optional
//! element name followed by `.class`, `#id`, `[attribute]`, `[attribute=value]` and the operators `^= $= *= ~=`.
//! A `%` at the end of a class or id stands for digits. Everything is compared without regard to case.

use super::tree::{NodeId, Tree};

/// A selector as read.
#[derive(Debug)]
pub(super) struct Selector {
    names: Vec<Name>,
}

#[derive(Debug, Default)]
struct Name {
    element: Option<String>,
    conditions: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    attribute: String,
    operator: Operator,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Present,
    Equal,
    Prefix,
    Suffix,
    Contains,
    Word,
    /// The value, then digits up to the end.
    Numbered,
    /// The same of one of the words.
    NumberedWord,
}

impl Selector {
    /// Reads a selector; what cannot be read matches nothing, and a test reads every rule.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let names: Option<Vec<_>> = text.split_whitespace().map(Name::parse).collect();
        names.filter(|names| !names.is_empty()).map(|names| Self { names })
    }

    /// Tells whether an element matches.
    pub(super) fn matches(&self, tree: &Tree<'_>, id: NodeId) -> bool {
        let Some((last, before)) = self.names.split_last() else { return false };
        if !last.matches(tree, id) {
            return false;
        }
        let mut ancestors = tree.ancestors(id);
        before.iter().rev().all(|name| ancestors.any(|ancestor| name.matches(tree, ancestor)))
    }
}

impl Name {
    fn parse(text: &str) -> Option<Self> {
        let start = text.find(['.', '#', '[']).unwrap_or(text.len());
        let element = text.get(..start).filter(|name| !name.is_empty()).map(str::to_owned);
        let mut conditions = Vec::new();
        let mut rest = text.get(start..)?;
        while let Some(mark) = rest.chars().next() {
            let body = rest.get(1..)?;
            if mark == '[' {
                let end = body.find(']')?;
                conditions.push(Condition::parse(body.get(..end)?)?);
                rest = body.get(end + 1..)?;
                continue;
            }
            let end = body.find(['.', '#', '[']).unwrap_or(body.len());
            let value = body.get(..end).filter(|value| !value.is_empty())?;
            let (value, numbered) = value.strip_suffix('%').map_or((value, false), |value| (value, true));
            let (attribute, operator) = match (mark, numbered) {
                ('.', false) => ("class", Operator::Word),
                ('.', true) => ("class", Operator::NumberedWord),
                ('#', false) => ("id", Operator::Equal),
                ('#', true) => ("id", Operator::Numbered),
                _ => return None,
            };
            conditions.push(Condition { attribute: attribute.into(), operator, value: value.into() });
            rest = body.get(end..)?;
        }
        Some(Self { element, conditions })
    }

    fn matches(&self, tree: &Tree<'_>, id: NodeId) -> bool {
        self.element.as_deref().is_none_or(|name| tree.name(id).eq_ignore_ascii_case(name))
            && self.conditions.iter().all(|condition| condition.holds(tree, id))
    }
}

impl Condition {
    fn parse(text: &str) -> Option<Self> {
        let Some(equals) = text.find('=') else {
            return Some(Self { attribute: text.into(), operator: Operator::Present, value: String::new() });
        };
        let (name, value) = (text.get(..equals)?, text.get(equals + 1..)?);
        let (operator, name) = match name.chars().last()? {
            '^' => (Operator::Prefix, name.strip_suffix('^')?),
            '$' => (Operator::Suffix, name.strip_suffix('$')?),
            '*' => (Operator::Contains, name.strip_suffix('*')?),
            '~' => (Operator::Word, name.strip_suffix('~')?),
            '%' => (Operator::Numbered, name.strip_suffix('%')?),
            _ => (Operator::Equal, name),
        };
        Some(Self { attribute: name.into(), operator, value: value.trim_matches(['"', '\'']).into() })
    }

    fn holds(&self, tree: &Tree<'_>, id: NodeId) -> bool {
        let Some(found) = tree.attribute(id, &self.attribute) else { return false };
        let (found, value) = (found.trim(), self.value.as_str());
        match self.operator {
            Operator::Present => true,
            Operator::Equal => found.eq_ignore_ascii_case(value),
            Operator::Prefix => starts_with(found, value),
            Operator::Suffix => {
                found.len() >= value.len()
                    && found.get(found.len() - value.len()..).is_some_and(|tail| tail.eq_ignore_ascii_case(value))
            }
            Operator::Contains => found.to_ascii_lowercase().contains(&value.to_ascii_lowercase()),
            Operator::Word => found.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(value)),
            Operator::Numbered => number_after(found, value).is_some(),
            Operator::NumberedWord => found.split_ascii_whitespace().any(|word| number_after(word, value).is_some()),
        }
    }
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// The digits of `comment-12` after `comment-`.
pub(super) fn number_after<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let digits = starts_with(text, prefix).then(|| text.get(prefix.len()..)).flatten()?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_what_it_says() {
        let tree = Tree::parse(
            "<ul class='list big'><li id=Comment-12 class='comment depth-2' itemtype='http://schema.org/Comment'><b>x",
        );
        let matches = |selector: &str, id| Selector::parse(selector).is_some_and(|s| s.matches(&tree, id));
        for selector in [
            "li",
            "#comment-%",
            "li.comment",
            "ul.list li",
            ".depth-%",
            "ul li[itemtype$=/comment]",
            "[id^=comm][class~=comment]",
            "[itemtype*=schema]",
        ] {
            assert!(matches(selector, 2), "{selector}");
        }
        for selector in ["ul", "#comment", "li.comm", "div li", ".comment-%", "[href]", "li b"] {
            assert!(!matches(selector, 2), "{selector}");
        }
        assert!(matches("ul .comment b", 3));
        assert!(Selector::parse("").is_none());
        assert!(Selector::parse("li[").is_none());
    }
}
