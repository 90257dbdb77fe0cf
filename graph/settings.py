"""The one place that reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the graph lives and which limits hold.

    With `NEO4J_URI` set the store is that server; without it, the embedded
    engine under `data_dir / "store"`.
    """

    model_config = SettingsConfigDict(env_prefix="EXPLORER_", frozen=True, populate_by_name=True, extra="ignore")

    data_dir: Path = Path("data")
    """Directory of snapshots, store and runtime file (`EXPLORER_DATA_DIR`, `--data`)."""

    console_seconds: float = 10.0
    """Time limit of a console statement, seconds; never 0, which drivers read as unlimited."""

    console_rows: int = 5_000
    """Most rows a console statement may return."""

    heap: str = "1g"
    """Java heap of the embedded engine."""

    dataframe_engine: Literal["embedded", "spark"] = "embedded"
    """What counts joint works of millions of papers and projects very large tables of participations: DuckDB in this
    process, or Spark, which is installed apart."""

    spark_master: str = "local[*]"
    """Master of that Spark, such as `spark://host:7077`; a local one listens on this machine only."""

    neo4j_uri: str | None = Field(default=None, validation_alias=AliasChoices("NEO4J_URI", "neo4j_uri"))
    neo4j_user: str = Field(default="neo4j", validation_alias=AliasChoices("NEO4J_USER", "neo4j_user"))
    neo4j_password: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("NEO4J_PASSWORD", "neo4j_password")
    )
    neo4j_auth_file: Path | None = Field(
        default=None, validation_alias=AliasChoices("NEO4J_AUTH_FILE", "neo4j_auth_file")
    )
    """File of one line `user/password`, such as a mounted secret: the form Neo4j's own image reads.

    `NEO4J_PASSWORD` wins over it, and then `NEO4J_USER` counts.
    """

    neo4j_ca_file: Path | None = Field(default=None, validation_alias=AliasChoices("NEO4J_CA_FILE", "neo4j_ca_file"))
    """Certificate of the authority that signed the server's, in PEM, where it is not one the machine knows."""

    neo4j_database: str | None = Field(default=None, validation_alias=AliasChoices("NEO4J_DATABASE", "neo4j_database"))

    @property
    def store_dir(self) -> Path:
        """Database files of the embedded engine, its configuration and its runtime file."""
        return self.data_dir / "store"
