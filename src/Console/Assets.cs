namespace ContestPipeline.WebConsole;

/// <summary>What pages are shown with, out of the assembly: nothing is fetched from anywhere else.</summary>
internal static class Assets
{
    private const string Sheet = "console.css";
    private const int CacheSeconds = 3600;

    public static void Map(WebApplication app)
    {
        var sheet = Read(Sheet);
        app.MapGet($"/assets/{Sheet}", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = FormattableString.Invariant($"public, max-age={CacheSeconds}");
            return Results.Bytes(sheet, "text/css; charset=utf-8");
        }).AllowAnonymous().DisableRateLimiting();
    }

    private static byte[] Read(string name)
    {
        var assembly = typeof(Assets).Assembly;
        using var stream = assembly.GetManifestResourceStream($"{typeof(Assets).Namespace}.Assets.{name}")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
