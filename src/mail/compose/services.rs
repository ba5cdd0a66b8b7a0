//! Ports by the name that a person knows them by.

/// The service that commonly listens there [IANA's Service Name and Port Number
/// Registry; for the unregistered ones the product's own manual]; sorted by port.
const NAMES: &[(u16, &str)] = &[
    (20, "FTP data"),
    (21, "FTP"),
    (22, "SSH"),
    (23, "Telnet"),
    (25, "SMTP"),
    (49, "TACACS+"),
    (53, "DNS"),
    (67, "DHCP"),
    (68, "DHCP"),
    (69, "TFTP"),
    (80, "HTTP"),
    (88, "Kerberos"),
    (110, "POP3"),
    (111, "rpcbind"),
    (123, "NTP"),
    (135, "MS RPC"),
    (137, "NetBIOS"),
    (138, "NetBIOS"),
    (139, "NetBIOS"),
    (143, "IMAP"),
    (161, "SNMP"),
    (162, "SNMP trap"),
    (179, "BGP"),
    (389, "LDAP"),
    (443, "HTTPS"),
    (445, "SMB"),
    (464, "Kerberos"),
    (465, "SMTPS"),
    (500, "IKE"),
    (502, "Modbus"),
    (514, "syslog"),
    (515, "LPD"),
    (587, "SMTP"),
    (623, "IPMI"),
    (636, "LDAPS"),
    (873, "rsync"),
    (902, "VMware"),
    (989, "FTPS data"),
    (990, "FTPS"),
    (993, "IMAPS"),
    (995, "POP3S"),
    (1433, "SQL Server"),
    (1434, "SQL Server"),
    (1521, "Oracle"),
    (1812, "RADIUS"),
    (1813, "RADIUS"),
    (1883, "MQTT"),
    (1900, "SSDP"),
    (2049, "NFS"),
    (2181, "ZooKeeper"),
    (2375, "Docker"),
    (2376, "Docker"),
    (2379, "etcd"),
    (2380, "etcd"),
    (3128, "Proxy"),
    (3268, "Global Catalog"),
    (3269, "Global Catalog"),
    (3306, "MySQL"),
    (3389, "RDP"),
    (4500, "IPsec NAT-T"),
    (5060, "SIP"),
    (5061, "SIP"),
    (5353, "mDNS"),
    (5355, "LLMNR"),
    (5432, "PostgreSQL"),
    (5671, "AMQP"),
    (5672, "AMQP"),
    (5900, "VNC"),
    (5985, "WinRM"),
    (5986, "WinRM"),
    (6379, "Redis"),
    (6443, "Kubernetes API"),
    (8080, "HTTP"),
    (8443, "HTTPS"),
    (8444, "Illumio VEN"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9100, "Printer"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch"),
    (10250, "kubelet"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

/// TCP and UDP.
const NAMED: [u8; 2] = [6, 17];

/// The service's name; `None` for a port without one and for other protocols.
pub(super) fn name(port: u16, proto: u8) -> Option<&'static str> {
    let at = NAMES.binary_search_by_key(&port, |(port, _)| *port).ok()?;
    let (_, name) = NAMES.get(at)?;
    NAMED.contains(&proto).then_some(*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_known_port_has_its_name() {
        assert_eq!(name(445, 6), Some("SMB"));
        assert_eq!(name(53, 17), Some("DNS"));
        assert_eq!((name(445, 47), name(444, 6), name(0, 6)), (None, None, None));
        assert!(NAMES.is_sorted_by_key(|(port, _)| *port));
    }
}
