//! Foreign text made harmless for whoever reads it: what is not seen, or changes how
//! other letters are seen, is shown as its escape. Knows no room.

/// True for characters that are not seen, or that change how others are seen:
/// controls, marks of writing direction, blanks without width, tags.
pub fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Appends `c`, a hidden one as JSON would escape it (`\u202e`).
pub fn push_visible(out: &mut String, c: char) {
    if hidden(c) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    } else {
        out.push(c);
    }
}

/// One line of text with nothing hidden in it.
pub fn visible(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    line.chars().for_each(|c| push_visible(&mut out, c));
    out
}

/// Our own signs in ASCII, for a terminal that has none of them.
pub fn in_ascii(text: &str) -> String {
    [("✓", "+"), ("✗", "x"), ("→", "->"), ("·", "|"), ("…", "~")]
        .into_iter()
        .fold(text.to_owned(), |text, (sign, ascii)| text.replace(sign, ascii))
}

/// One line of at most `most` characters for where an escape would be read as text: a
/// blank stands for each control character.
pub fn one_line(text: &str, most: usize) -> String {
    let blanked = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    blanked.take(most).collect::<String>().trim().to_owned()
}
