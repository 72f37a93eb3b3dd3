/** Fields of documents with activities. */
export const ACTIVITY = `
activity_ids one2many(mail.activity) "Activities"
activity_state selection(overdue|today|planned)-~ "Activity State"
activity_user_id many2one(res.users)~ "Responsible User" @-18
activity_user_id many2one(res.users)-~ "Responsible User" @19-
activity_type_id many2one(mail.activity.type)~ "Next Activity Type"
activity_type_icon char-~ "Activity Type Icon"
activity_date_deadline date-~ "Next Activity Deadline"
my_activity_date_deadline date-~ "My Activity Deadline" @15-
activity_summary char~ "Next Activity Summary"
activity_exception_decoration selection(warning:Alert|danger:Error)-~ "Activity Exception Decoration"
activity_exception_icon char-~ "Icon"
`;

/** Fields of documents with a discussion. */
export const THREAD = `
message_is_follower boolean-~ "Is Follower"
message_follower_ids one2many(mail.followers) "Followers"
message_partner_ids many2many(res.partner)-~ "Followers (Partners)" @-16
message_partner_ids many2many(res.partner)~ "Followers (Partners)" @17-
message_channel_ids many2many(mail.channel)-~ "Followers (Channels)" @-14
message_ids one2many(mail.message:res_id) "Messages"
has_message boolean-~ "Has Message" @16-
message_unread boolean-~ "Unread Messages" @-14
message_unread_counter integer-~ "Unread Messages Counter" @-14
message_needaction boolean-~ "Action Needed"
message_needaction_counter integer-~ "Number of Actions"
message_has_error boolean-~ "Message Delivery error"
message_has_error_counter integer-~ "Number of errors"
message_attachment_count integer-~ "Attachment Count"
message_main_attachment_id many2one(ir.attachment) "Main Attachment" @-16
website_message_ids one2many(mail.message) "Website Messages"
message_has_sms_error boolean-~ "SMS Delivery error"
`;

/** Fields of documents shown to customers. */
export const PORTAL = `
access_url char-~ "Portal Access URL"
access_token char "Security Token"
access_warning text-~ "Access warning"
`;
