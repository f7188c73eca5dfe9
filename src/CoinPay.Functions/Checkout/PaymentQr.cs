using System.Collections;
using System.Globalization;
using System.Text;
using QRCoder;

namespace CoinPay.Functions.Checkout;

/// <summary>Draws a payment link as a QR code for a wallet's camera.</summary>
internal static class PaymentQr
{
    /// <summary>
    /// Returns an inline SVG with one path of horizontal runs: the library's own SVG has one element per run, which for a token
    /// transfer takes more bytes than the rest of the page. The quiet zone is the library's four modules.
    /// </summary>
    /// <param name="uri">The content of the code.</param>
    /// <param name="label">The text for screen readers.</param>
    public static Html Draw(string uri, string label)
    {
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        int size = code.ModuleMatrix.Count;
        StringBuilder path = new();
        for (int row = 0; row < size; row++)
            AppendRuns(path, code.ModuleMatrix[row], row);
        return Html.Of(
            $"""<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path.ToString()}"/></svg>""");
    }

    private static void AppendRuns(StringBuilder path, BitArray modules, int row)
    {
        for (int from = 0; from < modules.Count; from++)
        {
            if (!modules[from])
                continue;
            int to = from;
            while (to < modules.Count && modules[to])
                to++;
            path.Append(CultureInfo.InvariantCulture, $"M{from} {row}h{to - from}v1h-{to - from}z");
            from = to;
        }
    }
}
