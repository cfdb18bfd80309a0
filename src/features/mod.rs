//! From normalised text to numbers: hashed n-grams, stylistic cues, relevance to a topic.
