using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Plumbing;

/// <summary>How a process comes to listen for HTTP where one of its settings says.</summary>
public static class Listening
{
    private const int AwaySeconds = 5;

    /// <summary>
    /// An http address, as TLS ends before it; a port alone is one of this machine only, and <c>*</c> stands for every address of
    /// it.
    /// </summary>
    /// <returns>Null when the setting is not set.</returns>
    /// <exception cref="SettingException">It names no address to listen at.</exception>
    public static string? ListenAddress(this IConfiguration settings, string name)
    {
        if (settings.Declared(name) is not { } text) return null;
        return ushort.TryParse(text, CultureInfo.InvariantCulture, out var port) ? $"http://127.0.0.1:{port}" : text;
    }

    /// <summary>Begins to listen.</summary>
    /// <returns>Where; a port of 0 has become a real one.</returns>
    /// <exception cref="SettingException">Somebody else listens there, or this process may not.</exception>
    public static async Task<string> Listen(this WebApplication app, string setting, string url, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException taken)
        {
            throw new SettingException(setting, $"names {url}, where this process cannot listen: {taken.Message}");
        }

        return app.Urls.First();
    }

    /// <summary>Answers that the database is away, which passes by: 503, and when to come again.</summary>
    /// <param name="also">What else the caller should know; a sentence's part after a semicolon.</param>
    public static Task DatabaseAway(this HttpContext context, string? also = null)
    {
        context.Response.Headers.RetryAfter = AwaySeconds.ToString(CultureInfo.InvariantCulture);
        var detail = $"The database does not answer. Try again in {AwaySeconds} s{(also is null ? "" : $"; {also}")}.";
        return Results.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not now")
            .ExecuteAsync(context);
    }

    /// <summary>Answers what it has begun, and takes nothing more; null never listened.</summary>
    public static async Task StopGracefully(this WebApplication? app, CancellationToken ct)
    {
        if (app is null) return;
        await app.StopAsync(ct);
        await app.DisposeAsync();
    }
}
