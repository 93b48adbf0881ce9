"""Where settings come from: the environment, and secret files. What is empty there counts as left out."""

from typing import Any, ClassVar

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict


class _SecretFiles(SecretsSettingsSource):
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        value, key, is_complex = super().get_field_value(field, field_name)
        return value or None, key, is_complex


class FromEnvironment(BaseSettings):
    """What all settings of ours are. The environment has their names in capitals, a secret file in either case."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the environment before the files."""
        assert isinstance(file_secret_settings, SecretsSettingsSource)  # noqa: S101 - pydantic-settings makes it so
        files = _SecretFiles(settings_cls, file_secret_settings.secrets_dir)
        return init_settings, env_settings, dotenv_settings, files
