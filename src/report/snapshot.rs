//! A record's JSON, laid out for reading: every key, string, escape and number
//! stands as it was received and in its place; only the white space is ours.
//!
//! A value that fits into a line stays on one line, and so does each of several objects of
//! one kind: a check that names a rack of hosts has a line for each host. What is cut is laid
//! out as far as it goes. Text that is not JSON is left as it is, since any layout of it would
//! be a guess.

use serde::de::IgnoredAny;

/// Deeper nesting is left as received: indenting it would be mostly blanks.
const MAX_DEPTH: usize = 32;
/// Longer texts (bytes) are left as received: nobody reads them to the end.
const MAX_BYTES: usize = 64 * 1024;
/// One of several objects of one kind is laid out over several lines from so many
/// characters on.
const MAX_ROW: usize = 400;

/// The JSON in `raw`, indented by two blanks, in lines of at most `columns`
/// characters where values allow it; `raw` itself where it is neither a JSON text nor the
/// beginning of one.
pub fn indent(raw: &str, columns: usize) -> String {
    let is_json = match serde_json::from_str::<IgnoredAny>(raw) {
        Ok(_) => true,
        Err(error) => error.is_eof(),
    };
    if raw.len() > MAX_BYTES || !is_json {
        return raw.to_owned();
    }
    match nest(tokens(raw)) {
        Some(tokens) => lay_out(&tokens, columns),
        None => raw.to_owned(),
    }
}

/// One token and, for an opening bracket, where it closes.
struct Token<'a> {
    text: &'a str,
    /// The index of the closing bracket, or of the end of what is cut; 0 for all other tokens.
    close: usize,
    /// The columns that all tokens before this one take on one line.
    before: usize,
}

/// Cuts a JSON text, or the beginning of one, into its tokens.
fn tokens(raw: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = raw;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if rest.is_empty() {
            return found;
        }
        let (token, after) = rest.split_at(token_length(rest));
        found.push(token);
        rest = after;
    }
}

/// The length in bytes of the token that `text` begins with; at least 1.
fn token_length(text: &str) -> usize {
    match text.as_bytes().first() {
        Some(b'"') => string_length(text),
        Some(b'{' | b'}' | b'[' | b']' | b':' | b',') => 1,
        _ => text.find([' ', '\t', '\n', '\r', '{', '}', '[', ']', ':', ',']).unwrap_or(text.len()),
    }
}

/// The length in bytes of the quoted string that `text` begins with.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Pairs the brackets; `None` where they nest too deep.
fn nest(texts: Vec<&str>) -> Option<Vec<Token<'_>>> {
    let mut tokens: Vec<Token> = Vec::with_capacity(texts.len());
    let mut open = Vec::new();
    let mut before = 0;
    for (at, text) in texts.into_iter().enumerate() {
        match text {
            "{" | "[" => open.push(at),
            "}" | "]" => tokens.get_mut(open.pop()?)?.close = at,
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            return None;
        }
        tokens.push(Token { text, close: 0, before });
        before += text.chars().count() + usize::from(matches!(text, ":" | ","));
    }
    let end = tokens.len();
    for at in open {
        tokens.get_mut(at)?.close = end;
    }
    Some(tokens)
}

fn lay_out(tokens: &[Token], columns: usize) -> String {
    let mut out = String::new();
    // For each bracket that is open and laid out in lines: whether it holds rows.
    let mut open: Vec<bool> = Vec::new();
    let mut line_start = 0;
    // Tokens before this index belong to a value that fits into the line.
    let mut flat_until = 0;
    for (at, token) in tokens.iter().enumerate() {
        let flat = at < flat_until;
        match token.text {
            "{" | "[" if !flat => {
                let column = out.get(line_start..).map_or(0, |line| line.chars().count());
                // What is cut has no width: it goes on.
                let close = tokens.get(token.close);
                let width = close.map_or(usize::MAX, |close| close.before + 1 - token.before);
                out.push_str(token.text);
                let is_row = open.last() == Some(&true) && width <= MAX_ROW;
                // One more column for the comma that may follow.
                if column.saturating_add(width) < columns || token.close == at + 1 || is_row {
                    flat_until = token.close + 1;
                } else {
                    open.push(token.text == "[" && holds_rows(tokens, at));
                    line_start = new_line(&mut out, open.len());
                }
            }
            "}" | "]" if !flat => {
                open.pop();
                line_start = new_line(&mut out, open.len());
                out.push_str(token.text);
            }
            "," if !flat => {
                out.push(',');
                line_start = new_line(&mut out, open.len());
            }
            ":" | "," => {
                out.push_str(token.text);
                out.push(' ');
            }
            text => out.push_str(text),
        }
    }
    out
}

/// Whether the list that opens at `list` holds several objects of one kind: each has at
/// least half of its keys in common with the first. The last one may be cut.
fn holds_rows(tokens: &[Token], list: usize) -> bool {
    let mut first: Option<Vec<&str>> = None;
    let mut rows = 0;
    let mut at = list + 1;
    while let Some(row) = tokens.get(at).filter(|token| token.text == "{") {
        let keys = keys(tokens, at);
        let is_cut = row.close == tokens.len();
        if !is_cut && first.as_ref().is_some_and(|first| !are_alike(first, &keys)) {
            return false;
        }
        first.get_or_insert(keys);
        rows += 1;
        // Behind the comma, or behind the end of the list.
        at = row.close + 2;
    }
    let ends = |list: &Token| at == list.close + 1 || list.close == tokens.len();
    rows > 1 && tokens.get(list).is_some_and(ends)
}

/// Whether two objects share at least half of the keys of the one that has more.
fn are_alike(one: &[&str], other: &[&str]) -> bool {
    let shared = one.iter().filter(|key| other.contains(key)).count();
    shared * 2 >= one.len().max(other.len())
}

/// The keys of the object that opens at `object`.
fn keys<'a>(tokens: &[Token<'a>], object: usize) -> Vec<&'a str> {
    let end = tokens.get(object).map_or(0, |token| token.close);
    let mut keys = Vec::new();
    let mut at = object + 1;
    while at < end {
        keys.extend(tokens.get(at).map(|key| key.text));
        // Past the colon, the value and the comma.
        let value = at + 2;
        at = tokens.get(value).map_or(end, |token| token.close.max(value)) + 2;
    }
    keys
}

/// Begins an indented line; the index where it starts.
fn new_line(out: &mut String, depth: usize) -> usize {
    out.push('\n');
    let start = out.len();
    out.extend(std::iter::repeat_n("  ", depth));
    start
}
