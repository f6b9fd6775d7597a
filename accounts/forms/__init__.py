from .profile import ProfileForm, zone_choices

__all__ = ["ProfileForm", "zone_choices"]
