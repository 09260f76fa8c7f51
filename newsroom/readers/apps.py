from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "newsroom.readers"
    label = "readers"

    def ready(self) -> None:
        from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
        from django.db.models.signals import post_save

        from newsroom.readers import account_choices, leaving, sessions  # noqa: F401  (account_choices: its receiver)

        post_save.connect(leaving.end_when_closed, sender="readers.Reader", dispatch_uid="end-when-closed")
        for changed in (password_changed, password_set, password_reset):
            changed.connect(leaving.end_elsewhere, dispatch_uid="end-elsewhere")
        user_logged_in.connect(sessions.sweep, dispatch_uid="sweep-sessions")
