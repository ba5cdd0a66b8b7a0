//! The catalogue against the guide's lists.

use std::collections::BTreeSet;

use super::*;

/// All documented event types, 239 [REST 25.2, "Events"].
const EVENTS: &str = "
    access_restriction.{create,delete,update}
    agent.{activate,activate_clone,clone_detected,deactivate,goodbye,machine_identifier,refresh_policy,refresh_token,request_upgrade,service_not_available,suspend,tampering,unsuspend,update,update_interactive_users,update_iptables_href,update_running_containers,upload_existing_ip_table_rules,upload_support_report}
    agent_support_report_request.{create,delete} agents.{clear_conditions,unpair}
    api_key.{create,delete,update} auth_security_principal.{create,delete,update}
    authentication_settings.update cluster.{create,delete,update}
    container_cluster.{create,delete,update,update_services} container_workload.update
    container_workload_profile.{create,delete,update}
    database.{temp_table_autocleanup_completed,temp_table_autocleanup_started}
    domain.{create,delete,update} enforcement_boundary.{create,delete,update}
    event_settings.update firewall_settings.update group.{create,update}
    ip_list.{create,delete,update} ip_lists.delete ip_tables_rule.{create,delete,update}
    job.delete label.{create,delete,update} label_group.{create,delete,update}
    labels.delete ldap_config.{create,delete,update,verify_connection}
    license.{delete,update}
    login_proxy_ldap_config.{create,delete,update,verify_connection} logout_from_jwt
    lost_agent.found network.{create,delete,update}
    network_device.{ack_enforcement_instructions_applied,assign_workload,create,delete,update}
    network_devices.ack_multi_enforcement_instructions_applied
    network_endpoint.{create,delete,update}
    network_enforcement_node.{activate,clear_conditions,deactivate,network_devices_network_endpoints_workloads,policy_ack,request_policy,update_status}
    nfc.{activate,delete,update_discovered_virtual_servers,update_policy_status,update_slb_state}
    org.{create,recalc_rules,update}
    pairing_profile.{create,create_pairing_key,delete,delete_all_pairing_keys,update}
    pairing_profiles.delete password_policy.{create,delete,update}
    permission.{create,delete,update}
    request.{authentication_failed,authorization_failed,internal_server_error,service_unavailable,unknown_server_error}
    resource.{create,delete,update} rule_set.{create,delete,update} rule_sets.delete
    saml_acs.update saml_config.{create,delete,update}
    saml_sp_config.{create,delete,update} sec_policy.{create,restore}
    sec_policy_pending.delete sec_rule.{create,delete,update}
    secure_connect_gateway.{create,delete,update}
    security_principal.{create,delete,update} security_principals.bulk_create
    service.{create,delete,update} service_binding.{create,delete} service_bindings.delete
    services.delete slb.{create,delete,update} support_report_request.{create,delete}
    support_reports syslog_destination.{create,delete,update}
    system_task.{agent_missed_heartbeats_check,agent_offline_check,prune_old_log_events}
    traffic_collector_setting.{create,delete,update} trusted_proxy_ips.update
    user.{accept_invitation,authenticate,create,delete,invite,login,login_session_terminated,logout,pce_session_terminated,reset_password,sign_in,sign_out,update,update_password,use_expired_password}
    user_local_profile.{create,delete,reinvite,update_password} ven_settings.update
    ven_software.upgrade ven_software_release.{create,delete,deploy,update}
    ven_software_releases.set_default_version virtual_server.{create,delete,update}
    virtual_service.{create,delete,update} virtual_services.{bulk_create,bulk_update}
    vulnerability.{create,delete,update} vulnerability_report.{delete,update}
    workload.{create,delete,online,recalc_rules,redetect_network,undelete,update,upgrade}
    workload_interface.{create,delete,update} workload_interfaces.update
    workload_service_report.update workload_settings.update
    workloads.{apply_policy,bulk_create,bulk_delete,bulk_update,remove_labels,set_flow_reporting_frequency,set_labels,unpair,update}";

/// All documented notification types, 53 [REST 25.2, "Events"].
const NOTIFICATIONS: &str = "
    
    agent.{clone_detected,fw_state_table_threshold_exceeded,missed_heartbeats,missing_heartbeats_after_upgrade,policy_deploy_failed,policy_deploy_succeeded,process_failed,service_not_available,upgrade_requested,upgrade_successful,upgrade_time_out}
    container_cluster.{duplicate_machine_id,region_mismatch}
    container_workload.{invalid_pairing_config,not_created}
    database.temp_table_autocleanup_{completed,started} hard_limit.exceeded
    pce.application_{started,stopped} remote_syslog.{reachable,unreachable}
    request.{authentication_failed,authorization_failed,internal_server_error,invalid,service_unavailable,unknown_server_error}
    sec_policy.restore soft_limit.exceeded
    system_task.{event_pruning_completed,hard_limit_recovery_completed}
    user.{csrf_validation_failed,login_failed,login_failure_count_exceeded,login_session_created,login_session_terminated,pce_session_created,pce_session_terminated,pw_change_failure,pw_changed,pw_complexity_not_met,pw_reset_completed,pw_reset_requested}
    virtual_service.not_created
    workload.{duplicate_interface_reported,nat_rules_present,offline_after_ven_goodbye,online,oob_policy_changes,partial_policy_delivered,update_mismatched_interfaces}
    workloads.flow_reporting_frequency_updated";

/// Those to be watched at a minimum [REST 25.2, "Recommended Events to Monitor"], and
/// the one on CSRF, to be investigated at once [the same, "Events"].
const RECOMMENDED: &str = "
    agent.{clone_detected,suspend,tampering,update} lost_agent.found
    system_task.{agent_missed_heartbeats_check,agent_offline_check}
    rule_set.{create,update} rule_sets.delete sec_rule.{create,delete,update}
    sec_policy.create user.csrf_validation_failed";

/// The words that people across the strait use, and we don't.
const FOREIGN: [&str; 22] = [
    "默認",
    "網絡",
    "信息",
    "服務器",
    "程序",
    "查找",
    "郵箱",
    "登錄",
    "數據",
    "軟件",
    "硬件",
    "用戶",
    "文件",
    "策略",
    "端口",
    "協議",
    "日誌",
    "服務商",
    "設置",
    "令牌",
    "鏈接",
    "屏幕",
];

/// `a.{b,c}` is `a.b` and `a.c`.
fn names(list: &str) -> Vec<String> {
    let one = |word: &str| match word.split_once('{') {
        Some((before, inside)) => {
            let inside = inside.trim_end_matches('}').split(',');
            inside.map(|end| format!("{before}{end}")).collect()
        }
        None => vec![word.to_owned()],
    };
    list.split_whitespace().flat_map(one).collect()
}

fn named(fits: impl Fn(&EventType) -> bool) -> BTreeSet<String> {
    let fitting = all().iter().filter(|one| fits(one));
    fitting.map(|one| one.name.to_owned()).collect()
}

/// How many columns a terminal gives it: two for what is not ASCII.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[test]
fn it_has_every_documented_type_once() {
    for (list, count, other) in
        [(EVENTS, 239, Bearer::Notification), (NOTIFICATIONS, 53, Bearer::Event)]
    {
        let documented = names(list);
        assert_eq!(documented.len(), count);
        let documented: BTreeSet<_> = documented.into_iter().collect();
        assert_eq!(documented.len(), count);
        assert_eq!(named(|one| one.bearer != other), documented);
    }
    assert_eq!(named(|_| true).len(), all().len(), "one stands there twice");
}

#[test]
fn every_line_of_the_text_is_read() {
    assert_eq!(text::read(TEXT).map(|types| types.len()), Ok(all().len()));
    let said: BTreeSet<&str> =
        all().iter().flat_map(|one| [one.meaning, one.advice].concat()).collect();
    for (line, number) in TEXT.lines().zip(1..) {
        if let Some(sentence) = line.strip_prefix("    ") {
            // Those with braces are said in pieces, once for each name in the head.
            let is_said = sentence.contains('{') || said.contains(sentence);
            assert!(is_said, "line {number}: no type says {sentence}");
        }
    }
}

#[test]
fn the_text_goes_by_category_and_in_each_by_name() {
    let titles: Vec<&str> = TEXT.lines().filter_map(|line| line.strip_prefix("== ")).collect();
    assert_eq!(titles, Category::ALL.map(|one| one.name(Lang::En)));
    for category in TEXT.split("== ").skip(1) {
        let heads = category.lines().skip(1);
        let heads = heads.filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        let names = heads.filter_map(|line| line.split(' ').next());
        let names: Vec<String> = names.map(|name| name.replace('{', "")).collect();
        for pair in names.windows(2) {
            assert!(pair[0] < pair[1], "{} stands before {}", pair[0], pair[1]);
        }
    }
}

#[test]
fn what_it_cannot_read_it_names() {
    let good =
        "== Network devices\n@a\n    En.\n    漢。\nb.{c,d} both @a\n    {E,F}.\n    {漢,字}。";
    assert_eq!(text::read(good).map(|types| types.len()), Ok(2));
    for (from, to, wrong) in [
        ("== Network devices\n", "", "line 4: b.{c,d} both @a"),
        ("Network", "Net", "line 1: == Net devices"),
        ("\n@a", "\n    En.\n@a", "line 1: == Network devices"),
        ("\n    漢", "\n漢", "line 2: @a"),
        ("    漢。", "    漢。\n    字。", "line 2: @a"),
        ("漢。\n", "漢。\n@a\n    En.\n    漢。\n", "line 5: @a"),
        ("both", "neither", "line 5: b.{c,d} neither @a"),
        ("both @a", "both @b", "line 5: b.{c,d} both @b"),
        ("both @a", "both", "line 5: b.{c,d} both"),
        ("both @a", "both  @a", "line 5: b.{c,d} both  @a"),
        ("{c,d}", "{c,d,e}", "line 5: b.{c,d,e} both @a"),
        ("{E,F}", "E", "line 5: b.{c,d} both @a"),
        ("{漢,字}", "字", "line 5: b.{c,d} both @a"),
        ("\n    {漢,字}。", "", "line 5: b.{c,d} both @a"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        assert_eq!(text::read(bad.leak()), Err(wrong.to_owned()), "{from} → {to}");
    }
}

#[test]
fn it_recommends_what_illumio_recommends() {
    let recommended: BTreeSet<_> = names(RECOMMENDED).into_iter().collect();
    assert_eq!(named(|one| one.recommended), recommended);
}

#[test]
fn every_type_says_in_both_languages_what_it_means_and_what_to_do() {
    for one in all() {
        for text in [one.meaning(Lang::En), one.advice(Lang::En)] {
            assert!(text.is_ascii() && text.ends_with('.'), "{}: {text}", one.name);
            assert!(columns(text) <= 78, "{}: {text}", one.name);
        }
        for text in [one.meaning(Lang::ZhTw), one.advice(Lang::ZhTw)] {
            assert!(text.ends_with('。') && !text.contains("  "), "{}: {text}", one.name);
            assert!(columns(text) <= 78, "{}: {text}", one.name);
            let foreign = FOREIGN.iter().find(|word| text.contains(**word));
            assert_eq!(foreign, None, "{}: {text}", one.name);
        }
    }
}

#[test]
fn every_category_has_its_types_the_recommended_ones_first() {
    for category in Category::ALL {
        let own: Vec<bool> = all()
            .iter()
            .filter(|one| one.category == category)
            .map(|one| one.recommended)
            .collect();
        assert!(own.len() > 5, "{category:?}");
        assert!(own.is_sorted_by(|before, after| before >= after), "{category:?}");
    }
}

#[test]
fn a_search_finds_by_a_part_of_the_name_or_of_the_meaning() {
    let found = |part: &str, lang: Lang| -> Vec<&str> {
        search(part, lang).iter().map(|one| one.name).collect()
    };
    assert_eq!(found("TAMPER", Lang::En), ["agent.tampering"]);
    assert_eq!(
        found("heartbeat", Lang::En)[..2],
        ["system_task.agent_missed_heartbeats_check", "agent.missed_heartbeats"],
        "the recommended one first, then those that bear it in their name"
    );
    assert!(found("竄改", Lang::ZhTw).contains(&"agent.tampering"));
    assert!(found("竄改", Lang::En).is_empty());
    assert_eq!(found("locked", Lang::En), ["user.login_failure_count_exceeded"]);
    assert_eq!(found("rule_set delete", Lang::En), ["rule_sets.delete", "rule_set.delete"]);
    assert_eq!(found(" ", Lang::En).len(), all().len());
    assert!(found("no such thing", Lang::ZhTw).is_empty());
}
