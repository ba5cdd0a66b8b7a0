//! Tests of what lists make of what is remembered.
