"""What an import brings, in the words of the domain."""

from __future__ import annotations

from pipeline_cli.domain.incoming import IncomingContact as IncomingContact
from pipeline_cli.domain.incoming import IncomingDeal as IncomingDeal
from pipeline_cli.domain.incoming import IncomingMove as IncomingMove
from pipeline_cli.domain.incoming import IncomingTouchpoint as IncomingTouchpoint
