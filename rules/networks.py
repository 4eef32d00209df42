"""Networks: what attempts from an address are counted for."""

import ipaddress


def network_of(address: str) -> str:
    """The network of an address: the address itself, or the /64 of an IPv6 address, whose owner has all of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
