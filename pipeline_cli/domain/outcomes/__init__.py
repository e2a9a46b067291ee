"""What history says: funnel, flow, win rates, health."""
