using System.Collections.Frozen;
using FeedbackBot.Core.Messaging;

namespace FeedbackBot.Slack.Outbound;

/// <summary>
/// What Slack's error codes mean for a delivery: the one table. The codes are those of the methods' pages
/// (https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours).
/// </summary>
internal static class SlackError
{
    private static readonly FrozenDictionary<string, DeliveryFailure> Known = new (DeliveryFailure Failure, string[] Codes)[]
    {
        (DeliveryFailure.RateLimited, ["ratelimited", "rate_limited", "message_limit_exceeded"]),

        // "It's possible some aspect of the operation succeeded before the error was raised."
        (DeliveryFailure.OutcomeUnknown, ["internal_error", "fatal_error", "service_unavailable", "unknown_error"]),

        // Not taken, and it may be later.
        (DeliveryFailure.Unavailable,
        [
            "request_timeout", "team_added_to_org", "org_login_required", "external_channel_migrating", "accesslimited",
            "update_failed", "channel_canvas_update_failed",
        ]),
        (DeliveryFailure.Refused,
        [
            "access_denied", "account_inactive", "as_user_not_supported", "cannot_dm_bot", "cannot_reply_to_message", "cant_dm_bot",
            "cant_update_message", "channel_is_limited_access", "channel_not_found", "channel_type_not_supported", "cant_post_message",
            "edit_window_closed", "ekm_access_denied", "enterprise_is_restricted", "free_team_not_allowed", "invalid_auth",
            "is_archived", "is_inactive", "message_not_found", "messages_tab_disabled", "method_deprecated", "missing_scope",
            "no_permission", "not_allowed_token_type", "not_authed", "not_enabled", "not_in_channel", "org_policy_restricted",
            "restricted_action", "restricted_action_non_threadable_channel", "restricted_action_read_only_channel",
            "restricted_action_thread_locked", "restricted_action_thread_only_channel", "slack_connect_canvas_sharing_blocked",
            "slack_connect_file_link_sharing_blocked", "team_access_not_granted", "team_not_found", "thread_not_found",
            "token_expired", "token_revoked", "two_factor_setup_required", "url_private_access_denied", "user_disabled",
            "user_not_found", "user_not_in_channel", "user_not_visible", "users_not_found",
        ]),

        // Ours to mend.
        (DeliveryFailure.Invalid,
        [
            "already_reacted", "attachment_payload_limit_exceeded", "bad_timestamp", "invalid_name", "no_item_specified", "no_reaction",
            "too_many_emoji", "too_many_reactions", "block_mismatch", "blocks_too_long", "deprecated_endpoint", "duplicate_channel_not_found",
            "duplicate_external_id", "duplicate_message_not_found", "hash_conflict", "invalid_args", "invalid_arguments", "invalid_arg_name",
            "invalid_array_arg", "invalid_attachments", "invalid_blocks", "invalid_blocks_format", "invalid_charset", "invalid_cursor",
            "invalid_form_data", "invalid_json", "invalid_metadata_format", "invalid_metadata_schema", "invalid_post_type", "invalid_ts_latest",
            "invalid_ts_oldest", "invalid_users", "json_not_object", "markdown_text_conflict", "metadata_must_be_sent_from_app",
            "metadata_too_large", "missing_post_type", "msg_blocks_too_long", "msg_too_long", "must_be_json", "no_text", "too_many_attachments",
            "too_many_contact_cards", "unknown_method", "view_too_large",
        ]),
    }
    .SelectMany(row => row.Codes.Select(code => (code, row.Failure)))
    .ToFrozenDictionary(row => row.code, row => row.Failure, StringComparer.Ordinal);

    /// <summary>
    /// What to do after <paramref name="code"/>. A code that is not known says for sure only that it was not taken: it is tried
    /// again, as often as anything is.
    /// </summary>
    public static DeliveryFailure FailureOf(string code) => Known.GetValueOrDefault(code, DeliveryFailure.Unavailable);
}
