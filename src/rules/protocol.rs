//! The protocols that have a name here [IANA "Assigned Internet Protocol Numbers"].

const NAMED: [(u8, &str); 4] = [(1, "ICMP"), (6, "TCP"), (17, "UDP"), (58, "ICMPv6")];

/// The name, as a mail has it; a rule's `proto` has it in small letters.
pub fn name(number: u8) -> Option<&'static str> {
    NAMED.into_iter().find(|(named, _)| *named == number).map(|(_, name)| name)
}

/// The number that a rule's `proto` means by a name or by itself.
pub fn number(text: &str) -> Option<u8> {
    let named = NAMED.into_iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
    named.map(|(number, _)| number).or_else(|| text.parse().ok())
}
