namespace ContestPipeline.WebConsole.Access;

/// <summary>Where a page may send its reader: to a page of this console, whatever the request says.</summary>
internal static class LocalPath
{
    /// <returns>The start page for whatever is no path of ours: another host, a scheme, a path that a browser reads as
    /// one.</returns>
    public static string Of(string? wish) =>
        wish is ['/', ..] and not ['/', '/' or '\\', ..] && !wish.Any(c => char.IsControl(c) || c == '\\') ? wish : "/";

    /// <summary>303: what was posted is not posted again when the page is loaded anew.</summary>
    public static void SeeOther(this HttpResponse response, string path)
    {
        response.StatusCode = StatusCodes.Status303SeeOther;
        response.Headers.Location = path;
    }
}
