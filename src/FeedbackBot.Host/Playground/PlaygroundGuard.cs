using System.Net;

namespace FeedbackBot.Host.Playground;

/// <summary>
/// Keeps the Playground to this machine and to its own page: it has no sign-in, so a web page elsewhere must not be able to
/// use it through somebody's browser (a foreign Origin, or a foreign name that was pointed at this machine).
/// </summary>
internal sealed class PlaygroundGuard : IEndpointFilter
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.CacheControl = "no-store";
        if (!IsLoopback(http.Connection.LocalIpAddress) || !IsLoopback(http.Connection.RemoteIpAddress) || !IsLocalName(http.Request.Host.Host))
        {
            return PlaygroundEndpoints.Error(StatusCodes.Status403Forbidden, "The Playground answers on this machine only, as localhost.");
        }

        return http.Request.Headers.Origin.Count > 0
            && !string.Equals(http.Request.Headers.Origin, $"{http.Request.Scheme}://{http.Request.Host}", StringComparison.OrdinalIgnoreCase)
                ? PlaygroundEndpoints.Error(StatusCodes.Status403Forbidden, "The Playground answers its own page only.")
                : await next(context);
    }

    // Null where there is no network underneath, as in an in-process test server.
    private static bool IsLoopback(IPAddress? address) => address is null || IPAddress.IsLoopback(address);

    private static bool IsLocalName(string host)
        => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
