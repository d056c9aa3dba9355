"""Azure OpenAI: OpenAI's bodies at the address of a deployment, in an edition of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from gateway.providers.openai import OpenAIProvider

if TYPE_CHECKING:
    from gateway.core.catalogue import ModelEntry, ProviderEntry


class AzureProvider(OpenAIProvider):
    """An upstream that names models by deployment; `gateway.pep.ports.Provider`."""

    natives = frozenset({"completions", "embeddings", "images", "transcriptions", "translations"})
    """What stands below a deployment in Azure's own description of the API."""

    def address(self, model: ModelEntry, path: str) -> str:
        """See `OpenAIProvider`."""
        provider, deployment = model.provider, quote(model.upstream, safe="")
        return (
            f"{provider.base_url}/openai/deployments/{deployment}{path}"
            f"?api-version={provider.cloud.api_version}"
        )

    def credentials(self, provider: ProviderEntry) -> dict[str, str]:
        """See `OpenAIProvider`."""
        if provider.cloud.bearer or not provider.api_key:
            return super().credentials(provider)
        return {"api-key": provider.api_key}
