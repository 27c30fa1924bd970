using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Network = System.Net.IPNetwork;

namespace ContestPipeline.Plumbing;

/// <summary>
/// The proxies in front of an endpoint whose <c>X-Forwarded-For</c> is believed, so that callers behind one are told apart. What
/// anybody else puts into that header is not looked at.
/// </summary>
public static class TrustedProxies
{
    public const string Setting = "HTTP_TRUSTED_PROXIES";

    /// <summary>Reads <c>HTTP_TRUSTED_PROXIES</c>: addresses (10.0.0.7) and networks (10.0.0.0/8), separated by commas.</summary>
    /// <returns>Empty when it is not set: the address that connects is the caller's.</returns>
    /// <exception cref="SettingException">A part is neither an address nor a network.</exception>
    public static IReadOnlyList<Network> From(IConfiguration settings) =>
        [.. (settings.Optional(Setting) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Parse)];

    /// <summary>The caller's address is the last one of <c>X-Forwarded-For</c> that no trusted proxy has.</summary>
    public static void UseTrustedProxies(this WebApplication app, IReadOnlyList<Network> proxies)
    {
        if (proxies.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies) options.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(options);
    }

    private static Network Parse(string text)
    {
        if (Network.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new Network(address, address.GetAddressBytes().Length * 8);
        throw new SettingException(
            Setting, $"must be addresses and networks separated by commas (10.0.0.7, 10.1.0.0/16), and '{text}' is neither");
    }
}
