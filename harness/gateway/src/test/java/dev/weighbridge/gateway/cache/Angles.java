package dev.weighbridge.gateway.cache;

/** Places a text such as "0.3 anything" on the unit circle, at as many radians, so that a test knows each similarity. */
final class Angles implements Embedding {
    @Override
    public String id() {
        return "angles";
    }

    @Override
    public int dimensions() {
        return 2;
    }

    @Override
    public float[] of(String text) {
        double angle = Double.parseDouble(text.substring(0, (text + " ").indexOf(' ')));
        return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
    }
}
